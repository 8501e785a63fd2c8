import { exportBuckets, forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forSignedIn({
    leavesTrace: true,
    async handle({ app, signedIn, address }) {
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
