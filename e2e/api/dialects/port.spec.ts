import { sendOtp, sendOtpWithName } from '@/lib/dialects/port';
import { sendSample, slashForms } from '../../fixtures/dialects';
import { expectProblem } from '../../fixtures/shapes';
import { newestCode, type SignIn } from '../../fixtures/sign-in';
import { expect, test } from '../../fixtures/test';

for (const path of slashForms(sendOtp.path)) {
  test(`the golden request of Port gets what its client reads, at ${path}`, async ({ client, newPhone }) => {
    const phone = newPhone('UZ');
    const answer = await sendSample(client, sendOtp, { swaps: { [sendOtp.request.example.phone]: phone }, path });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json()).toMatchObject(sendOtp.answers[200].body.example);
    expect(sendOtp.answers[200].body.schema.safeParse(answer.json()).success).toBe(true);
    const again = await sendSample(client, sendOtp, { swaps: { [sendOtp.request.example.phone]: phone }, path });
    expectProblem(again, 'resend_too_soon', { retry_after_seconds: expect.any(Number) });
  });
}

test('the golden request of Print sends a code to the number and remembers the name', async ({ client, newPhone }) => {
  const phone = newPhone();
  const swaps = { [sendOtpWithName.request.example.phone]: phone };
  const answer = await sendSample(client, sendOtpWithName, { swaps });
  expect(answer.json()).toMatchObject(sendOtpWithName.answers[200].body.example);
  const verified = await client.post('/api/auth/verify-otp', { phone, otp: await newestCode(client, phone) });
  expect(verified.json<SignIn>()).toMatchObject({
    success: true,
    tokens: { access: expect.any(String) },
    user: { phone, first_name: 'Test', last_name: 'User' },
  });
});
