/** How long a browser remembers which sign-in it is in the middle of; the code itself lives shorter. */
const FLOW_SECONDS = 3600;

/**
 * Ties a browser to the codes it asked for. The value is an opaque random token; the server keeps its hash beside the
 * challenge, and with it the number: step two never carries it.
 */
export function flowCookie(appUrl: string) {
  const secure = appUrl.startsWith('https:');
  return {
    name: secure ? '__Host-latchkey.flow' : 'latchkey.flow',
    options: { httpOnly: true, sameSite: 'lax' as const, path: '/', secure, maxAge: FLOW_SECONDS },
  };
}
