/** A year of https only, for this host and those below it; sent wherever the public origin is https. */
export const STRICT_TRANSPORT_SECURITY = 'max-age=31536000; includeSubDomains';
