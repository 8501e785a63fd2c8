import { refuse } from '@/lib/errors';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { securityTxt } from '@/lib/http/security-txt';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forAnyone({
    async handle({ app }) {
      const text = securityTxt({ appUrl: app.env.APP_URL, contacts: app.env.SECURITY_CONTACT, now: app.clock.now() });
      return text === null
        ? refuse('not_found')
        : new Response(text, {
            headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'public, max-age=86400' },
          });
    },
  }),
});
