import { sql } from 'drizzle-orm';
import packageJson from '../../package.json';
import type { Server } from '../server';

export type Health = { status: 'ok' | 'degraded'; database: 'ok' | 'unavailable'; version: string };

/** Whether this instance can serve people: asks the database something, never more than its time-outs allow. */
export async function health(app: Server): Promise<Health> {
  const database = await app.db.execute(sql`select 1`).then(
    () => 'ok' as const,
    () => 'unavailable' as const,
  );
  return { status: database === 'ok' ? 'ok' : 'degraded', database, version: packageJson.version };
}

/** 200 when healthy, 503 when not, for load balancers. */
export function healthResponse<Body extends Health>(body: Body): Response {
  return Response.json(body, { status: body.status === 'ok' ? 200 : 503, headers: { 'cache-control': 'no-store' } });
}
