/** Who signs Google's ID tokens, and the origin that people are led to. */
export const GOOGLE_ISSUER = 'https://accounts.google.com';
