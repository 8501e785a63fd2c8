import { expectProblem } from '../fixtures/shapes';
import { messagesTo, newestCode, requestCode, spokenCode, verify } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

test('a call reads the code out twice, digit by digit, and the code signs in', async ({ client, newPhone }) => {
  const phone = newPhone();
  const answer = await client.post('/api/auth/send-otp', { phone, channel: 'call' });
  expect(answer.json()).toMatchObject({ success: true, phone, channel: 'call', code_length: 6, resend_in_seconds: 60 });
  const code = await spokenCode(client, phone);
  expect((await messagesTo(client, phone))[0]?.text).toMatch(/ Do not share this code with anyone\.$/);
  expect((await verify(client, phone, code)).status).toBe(200);
});

test('a call speaks the language that was asked for', async ({ client, newPhone }) => {
  const phone = newPhone();
  await client.post('/api/auth/send-otp', { phone, channel: 'call', locale: 'hi-IN' });
  expect((await messagesTo(client, phone))[0]?.text).toMatch(/^यह Latchkey है। आपका कोड है: (\d, ){5}\d\./);
});

test('a call is written down as one, in its delivery and in the trail', async ({ client, newPhone, sql }) => {
  const phone = newPhone();
  await client.post('/api/auth/send-otp', { phone, channel: 'call' });
  const [row] = await sql`
    select c.channel, d.channel as delivered_by, a.detail ->> 'channel' as audited from otp_challenges c
    join sms_deliveries d on d.challenge_id = c.id
    join audit_events a on a.event = 'code.requested' and a.detail ->> 'challenge_id' = c.id::text where c.phone = ${phone}`;
  expect(row).toEqual({ channel: 'call', delivered_by: 'call', audited: 'call' });
});

test('a call waits for the same minute as a message, and its code ends the one before', async ({
  client,
  newPhone,
  clock,
}) => {
  const phone = newPhone();
  const { code: first } = await requestCode(client, phone);
  const call = () => client.post('/api/auth/send-otp', { phone, channel: 'call' });
  expectProblem(await call(), 'resend_too_soon', { retry_after_seconds: expect.any(Number) });
  await clock.passForPhone(phone, 61);
  expect((await call()).status).toBe(200);
  const second = await spokenCode(client, phone);
  if (first !== second) expectProblem(await verify(client, phone, first), 'invalid_code', { attempts_left: 4 });
  expect((await verify(client, phone, second)).status).toBe(200);
});

test('calls and messages to a number share its limit', async ({ newClient, newPhone, clock }) => {
  const phone = newPhone();
  for (const channel of ['sms', 'call', 'sms', 'call', 'call']) {
    expect((await newClient().post('/api/auth/send-otp', { phone, channel })).status).toBe(200);
    await clock.passForPhone(phone, 61);
  }
  expectProblem(await newClient().post('/api/auth/send-otp', { phone, channel: 'call' }), 'too_many_requests', {
    retry_after_seconds: expect.any(Number),
  });
});

test('a channel that nobody can do for the number is named as the fault, and nothing is sent', async ({
  client,
  newPhone,
}) => {
  const phone = newPhone();
  const answer = await client.post('/api/auth/send-otp', { phone, channel: 'whatsapp' });
  expectProblem(answer, 'invalid_request', {
    errors: [{ path: 'channel', message: 'Codes can’t go to this number by whatsapp. Use: sms, call.' }],
  });
  expect(await messagesTo(client, phone)).toEqual([]);
  // It cost no wait either.
  await requestCode(client, phone);
  expect(await newestCode(client, phone)).toMatch(/^\d{6}$/);
});
