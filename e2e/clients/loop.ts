import type { Curl, CurlAnswer } from './curl';

/** Loop’s quick start, step by step as its README has it for curl. `readSms` is the person with the phone. */
export async function loopQuickStart(
  curl: Curl,
  api: string,
  phone_number: string,
  readSms: (phone: string) => Promise<string>,
): Promise<Record<'signup' | 'verified' | 'completed' | 'profile' | 'loggedOut', CurlAnswer>> {
  const signup = await curl('POST', `${api}/auth/signup`, { json: { phone_number } });
  const otp_code = await readSms(phone_number);
  const verified = await curl('POST', `${api}/auth/verify-otp`, { json: { phone_number, otp_code } });
  const token = String(verified.body.token);
  const completed = await curl('POST', `${api}/auth/complete-profile`, {
    token,
    json: {
      phone_number,
      name: 'John Doe',
      email: 'john@example.com',
      bio: 'I build things.',
      location: 'Mumbai, India',
      birth_date: '1995-01-01',
      avatar: 'https://example.com/john.png',
    },
  });
  const profile = await curl('GET', `${api}/auth/profile`, { token });
  const loggedOut = await curl('POST', `${api}/auth/logout`, { token });
  return { signup, verified, completed, profile, loggedOut };
}

/** And for who was there before. */
export async function loopLogin(
  curl: Curl,
  api: string,
  phone_number: string,
  readSms: (phone: string) => Promise<string>,
): Promise<Record<'login' | 'verified' | 'profile', CurlAnswer>> {
  const login = await curl('POST', `${api}/auth/login`, { json: { phone_number } });
  const otp_code = await readSms(phone_number);
  const verified = await curl('POST', `${api}/auth/verify-login`, { json: { phone_number, otp_code } });
  const profile = await curl('GET', `${api}/auth/profile`, { token: String(verified.body.token) });
  return { login, verified, profile };
}
