import type { Curl } from './curl';

/**
 * Port’s sign-in form: it asks for a code without an Authorization header and shows `message`, whatever the answer. A 401 makes it
 * believe that its own sign-in is broken, which is how it took the vendor’s.
 */
export async function portSendOtp(curl: Curl, api: string, phone: string): Promise<{ ok: boolean; shown: string }> {
  const { status, body } = await curl('POST', `${api}/api/auth/send-otp`, { json: { phone } });
  if (status === 401) throw new Error('Unauthorized: the client was never asked for credentials');
  return { ok: status === 200, shown: String(body.message) };
}
