import { forAnyone, methods } from '@/lib/http/endpoint';
import { health, healthResponse } from '@/lib/http/health';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forAnyone({
    async handle({ app }) {
      const state = await health(app);
      const ready = state.database === 'ok';
      return healthResponse({ ...state, sms: { provider: app.smsProvider, ready }, sessions: { ready } });
    },
  }),
});
