import { bearer } from '../fixtures/http-client';
import { expectProblem, instant, seconds, userOf } from '../fixtures/shapes';
import { messagesTo, signIn } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const sheet = expect.stringMatching(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);

test('a lost phone: a recovery code signs in, once, and the number is told', async ({
  client,
  newClient,
  newPhone,
}) => {
  const phone = newPhone();
  const own = bearer((await signIn(client, phone)).tokens.access);
  expect((await client.get('/api/me/recovery-codes', { headers: own })).json()).toEqual({ recovery_codes: null });
  const made = await client.call('POST', '/api/me/recovery-codes', { headers: own });
  expect(made.json()).toEqual({ success: true, message: 'Recovery codes made', codes: Array(10).fill(sheet) });
  expect(made.headers['cache-control']).toBe('no-store');
  const [code = ''] = made.json<{ codes: string[] }>().codes;

  const elsewhere = newClient();
  const back = await elsewhere.post('/api/auth/recover', { phone, recovery_code: code.toLowerCase() });
  expect(back.status, back.text).toBe(200);
  expect(back.json()).toMatchObject({
    success: true,
    message: 'Login successful',
    created: false,
    user: userOf(phone),
    recovery_codes_left: 9,
    tokens: { token_type: 'Bearer' },
  });
  expect((await messagesTo(client, phone))[0]?.text).toContain('a recovery code opened your account');
  const inside = bearer(back.json<{ tokens: { access: string } }>().tokens.access);
  expect((await client.get('/api/me/recovery-codes', { headers: inside })).json()).toEqual({
    recovery_codes: { made_at: instant, left: 9 },
  });
  // A fresh proof: the next step is another number.
  const change = await elsewhere.post('/api/me/phone', { phone: newPhone() }, inside);
  expect(change.status, change.text).toBe(200);
  expectProblem(await newClient().post('/api/auth/recover', { phone, recovery_code: code }), 'invalid_code');
});

test('an unknown number gets the very answer of a wrong code, and both have to wait alike', async ({
  newClient,
  newPhone,
}) => {
  const phone = newPhone();
  const first = newClient();
  const own = bearer((await signIn(first, phone)).tokens.access);
  await first.call('POST', '/api/me/recovery-codes', { headers: own });
  const tell = async (number: string) => {
    const client = newClient();
    const answers = [];
    for (let time = 0; time < 11; time += 1) {
      answers.push(await client.post('/api/auth/recover', { phone: number, recovery_code: 'ZZZZ-ZZZZ-ZZZZ-ZZZZ' }));
    }
    expectProblem(answers[0]!, 'invalid_code');
    expectProblem(answers[10]!, 'too_many_requests', { retry_after_seconds: seconds(1, 3600) });
    return answers.map((answer) => [answer.status, { ...answer.json(), request_id: 0, retry_after_seconds: 0 }]);
  };
  expect(await tell(newPhone())).toEqual(await tell(phone));
});

test('what no client would send is refused', async ({ client, newPhone }) => {
  for (const body of [
    {},
    { phone: newPhone() },
    { phone: newPhone(), recovery_code: 5 },
    { phone: newPhone(), recovery_code: 'x'.repeat(65) },
    { phone: newPhone(), recovery_code: 'x', otp: '123456' },
  ]) {
    const answer = await client.post('/api/auth/recover', body);
    expect([answer.status, answer.json<{ code: string }>().code]).toEqual([400, 'invalid_request']);
  }
  expectProblem(await client.post('/api/auth/recover', { phone: '123', recovery_code: 'x' }), 'invalid_phone');
});
