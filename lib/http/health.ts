import packageJson from '../../package.json';
import type { Server } from '../server';

export type Health = { status: 'ok' | 'degraded'; database: 'ok' | 'unavailable'; version: string };

/** Whether this instance can serve people: asks the database something, never more than its time-outs allow. */
export async function health(app: Server): Promise<Health> {
  return (await app.isDatabaseAnswering())
    ? { status: 'ok', database: 'ok', version: packageJson.version }
    : { status: 'degraded', database: 'unavailable', version: packageJson.version };
}

/** 200 when healthy, 503 when not, for load balancers. */
export function healthResponse<Body extends Health>(body: Body): Response {
  return Response.json(body, { status: body.status === 'ok' ? 200 : 503, headers: { 'cache-control': 'no-store' } });
}
