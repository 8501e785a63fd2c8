import { forAdmin, methods } from '@/lib/http/endpoint';
import { unlockBody } from '@/lib/otp/request-schema';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forAdmin({
    body: unlockBody,
    async handle({ app, body, signedIn, address }) {
      const unlocked = await app.unlockNumber(signedIn, { phone: body.phone, address });
      return unlocked.ok
        ? { success: true, message: 'Wrong codes cleared', wrong_codes_in_a_row: unlocked.wrongInARow }
        : unlocked;
    },
  }),
});
