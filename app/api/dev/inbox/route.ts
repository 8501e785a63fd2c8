import { refuse } from '@/lib/errors';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { isInboxOpen } from '@/lib/http/inbox-gate';
import { canonicalPhone } from '@/lib/phone/phone';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forAnyone({
    async handle({ app, request }) {
      if (!isInboxOpen(app.env, request.headers.get('host'))) {
        return refuse('not_found');
      }
      // A + in a query string means a space: `?phone=+91…` is what people type.
      const asked = request.nextUrl.searchParams.get('phone')?.replace(/^ /, '+') ?? null;
      const parsed = asked === null ? null : canonicalPhone(asked, app.env.DEFAULT_COUNTRY, undefined);
      if (parsed && !parsed.ok) {
        return parsed;
      }
      return { messages: await app.inboxMessages(parsed?.phone.e164 ?? null) };
    },
  }),
});
