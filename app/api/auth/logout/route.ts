import { z } from 'zod';
import { methods, signedIn } from '@/lib/http/endpoint';
import { expiredSessionCookie } from '@/lib/http/session-cookies';
import { refuse } from '@/lib/errors';
import { sessionPolicy } from '@/lib/policy';
import { endSessions } from '@/lib/sessions/session-store';

const logoutBody = z.strictObject({ refresh: z.string().max(512).optional(), everywhere: z.boolean().optional() });

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: signedIn({
    body: logoutBody,
    bodyOptional: true,
    async handle({ app, body, via, signedIn: { user, sessionId, provedAt }, address }) {
      const everywhere = body.everywhere === true;
      if (everywhere && app.clock.now().getTime() - provedAt.getTime() > sessionPolicy.freshProofSeconds * 1000) {
        return refuse('fresh_proof_required');
      }
      await endSessions(app.db, { sessionId, userId: user.id, everywhere, phone: user.phone, address });
      const headers = new Headers({ 'cache-control': 'no-store' });
      if (via === 'cookie') {
        headers.set('clear-site-data', '"cache", "cookies", "storage"');
        headers.append('set-cookie', expiredSessionCookie(app.env.APP_URL));
      }
      return Response.json({ success: true, message: 'Logged out successfully' }, { headers });
    },
  }),
});
