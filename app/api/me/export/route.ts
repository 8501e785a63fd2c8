import { refuse } from '@/lib/errors';
import { exportBuckets, forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forSignedIn({
    async handle({ app, via, request, signedIn, address }) {
      // It leaves a trace, so a foreign page must not set it off by a link.
      if (via === 'cookie' && /^(cross-site|same-site)$/.test(request.headers.get('sec-fetch-site') ?? '')) {
        return refuse('origin_not_allowed');
      }
      const limited = await app.takePlacesOrRefuse(exportBuckets(signedIn.sessionId));
      if (limited) {
        return limited;
      }
      const exported = await app.exportAccount(signedIn, { address });
      if (!exported.ok) {
        return exported;
      }
      return new Response(JSON.stringify(exported.data, null, 2), {
        headers: {
          'content-type': 'application/json',
          'content-disposition': 'attachment; filename="my-data.json"',
          'cache-control': 'no-store',
        },
      });
    },
  }),
});
