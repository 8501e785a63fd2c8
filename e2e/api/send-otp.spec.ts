import { nationalDigits } from '../fixtures/numbers';
import { expectProblem, seconds, uuid } from '../fixtures/shapes';
import { messagesTo, requestCode, verify } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

test.describe('POST /api/auth/send-otp', () => {
  test('answers exactly the contract’s shape', async ({ client, newPhone }) => {
    const phone = newPhone();
    const answer = await client.post('/api/auth/send-otp', { phone, name: 'Test User', channel: 'sms', locale: 'en' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({
      success: true,
      message: 'OTP sent successfully',
      phone,
      challenge_id: uuid,
      channel: 'sms',
      code_length: 6,
      expires_in_seconds: 300,
      resend_in_seconds: 60,
    });
  });

  test('sends the brand, the code, its life, a warning and the line that browsers read', async ({
    client,
    newPhone,
  }) => {
    const phone = newPhone();
    const { code } = await requestCode(client, phone);
    const [message, ...others] = await messagesTo(client, phone);
    expect(others).toEqual([]);
    expect(message?.text).toBe(
      `Your Latchkey verification code is: ${code}\nValid for 5 minutes.\nDo not share this code with anyone.\n\n@localhost #${code}`,
    );
  });

  for (const country of ['IN', 'BD', 'UZ', 'US'] as const) {
    test(`sends to numbers of ${country}`, async ({ client, newPhone }) => {
      const phone = newPhone(country);
      expect((await requestCode(client, phone)).phone).toBe(phone);
    });
  }

  const spread = (text: string) => [...text].join(' ');
  const digitsOf = (zero: number) => (text: string) =>
    text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
  const writings: [string, (phone: string) => string][] = [
    ['national digits of the default country', nationalDigits],
    ['national digits with a trunk zero', (phone) => `0${nationalDigits(phone)}`],
    ['00 for +', (phone) => phone.replace('+', '00')],
    ['spaces, dashes, dots and brackets', (phone) => phone.replace(/^\+91(\d{3})(\d{3})/, '+91 ($1) $2-')],
    ['a space after each digit', spread],
    ['full-width digits', digitsOf(0xff10)],
    ['Devanagari digits', digitsOf(0x966)],
    ['Arabic digits', digitsOf(0x660)],
    ['invisible characters', (phone) => `\u202a${phone.slice(0, 5)}\u200b${phone.slice(5)}\u202c`],
    ['white space around', (phone) => `  ${phone}\t`],
  ];
  for (const [name, write] of writings) {
    test(`reads ${name} as the same number`, async ({ client, newPhone }) => {
      const phone = newPhone();
      const answer = await client.post('/api/auth/send-otp', { phone: write(phone) });
      expect(answer.json()).toMatchObject({ phone });
    });
  }

  const noNumbers: [string, (phone: string) => string][] = [
    ['words around a number', (phone) => `call ${phone}`],
    ['an extension', (phone) => `${phone} ext. 5`],
    ['an extension behind a semicolon', (phone) => `${phone};ext=5`],
    ['letters for digits', () => '+1 800 FLOWERS'],
    ['a short number', () => '12345'],
    ['too many digits', (phone) => `${phone}12345`],
    ['a plus in the middle', (phone) => `${phone.slice(0, 4)}+${phone.slice(4)}`],
    ['an unknown country code', () => '+9991234567890'],
    ['a URI', (phone) => `tel:${phone}`],
    ['only signs', () => '+-()'],
  ];
  for (const [name, write] of noNumbers) {
    test(`refuses ${name} as a number`, async ({ client, newPhone }) => {
      expectProblem(await client.post('/api/auth/send-otp', { phone: write(newPhone()) }), 'invalid_phone');
    });
  }

  test('refuses a landline, which gets no text messages', async ({ client }) => {
    expectProblem(await client.post('/api/auth/send-otp', { phone: '+91 11 2345 6789' }), 'undeliverable_phone');
  });

  test('sends nothing again within a minute, and says how long to wait', async ({ client, newClient, newPhone }) => {
    const phone = newPhone();
    await requestCode(client, phone);
    for (const again of [client, newClient()]) {
      const answer = await again.post('/api/auth/send-otp', { phone: nationalDigits(phone) });
      expectProblem(answer, 'resend_too_soon', { retry_after_seconds: seconds(55, 60) });
    }
    expect(await messagesTo(client, phone)).toHaveLength(1);
  });

  test('of simultaneous requests for one number exactly one sends', async ({ newClient, newPhone }) => {
    const phone = newPhone();
    const clients = Array.from({ length: 10 }, newClient);
    const answers = await Promise.all(clients.map((client) => client.post('/api/auth/send-otp', { phone })));
    const sent = answers.filter(({ status }) => status === 200);
    expect(sent).toHaveLength(1);
    for (const answer of answers) {
      if (answer !== sent[0]) expectProblem(answer, 'resend_too_soon', { retry_after_seconds: seconds(55, 60) });
    }
    expect(await messagesTo(newClient(), phone)).toHaveLength(1);
  });

  test('a minute later a new code is sent, and only the newest works', async ({ client, newPhone, clock }) => {
    const phone = newPhone();
    const first = await requestCode(client, phone);
    await clock.passForPhone(phone, 61);
    const second = await requestCode(client, phone);
    expect(second.challenge_id).not.toBe(first.challenge_id);
    if (first.code !== second.code) {
      expectProblem(await verify(client, phone, first.code), 'invalid_code', { attempts_left: 4 });
    }
    expectProblem(await verify(client, phone, first.code, { challenge_id: first.challenge_id }), 'code_expired');
    expect((await verify(client, phone, second.code)).status).toBe(200);
  });
});
