import fs from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { bearer, Client } from '../fixtures/http-client';
import { startedOnce } from '../fixtures/own-app';
import { type SeparateApp, startSeparateApp } from '../fixtures/separate-app';
import { expectProblem, seconds } from '../fixtures/shapes';
import { signIn } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';
import { BUILD_FOLDER } from '../stack/build';

// `npm start` as it stands in the open, behind one proxy, and behind two. What it took for the address is read off the list of
// devices; that the limits count by it, off the limits.

type Hops = 0 | 1 | 2;

type Fixtures = {
  servers: Record<Hops, SeparateApp>;
  /** The address a sign-in was noted under. */
  addressOf: (hops: Hops, call: Came) => Promise<string>;
};

const test = base.extend<Fixtures>({
  servers: startedOnce(async () => {
    const started = await Promise.all(
      ['0', '1', '2'].map((TRUSTED_PROXY_HOPS) => startSeparateApp({ TRUSTED_PROXY_HOPS })),
    );
    const [none, one, two] = started;
    return { 0: none!, 1: one!, 2: two!, stop: () => Promise.all(started.map((server) => server.stop())) };
  }),
  addressOf: async ({ servers, newPhone }, provide) => {
    await provide(async (hops, { host = '127.0.0.1', headers = {} }) => {
      const client = new Client(servers[hops].url.replace('localhost', host), '');
      client.always = headers;
      const { tokens } = await signIn(client, newPhone());
      const answer = await client.get('/api/me/sessions', { headers: bearer(tokens.access) });
      client.close();
      return answer.json<{ sessions: { address: string }[] }>().sessions[0]?.address ?? '';
    });
  },
});
test.describe.configure({ mode: 'default' });

type Manifest = { node: Record<string, { exportedName: string }> };
/** The id of step one's action in this build. */
function startSignIn(): string {
  const manifest = fs.readFileSync(path.join(BUILD_FOLDER, 'server', 'server-reference-manifest.json'), 'utf8');
  const known = Object.entries((JSON.parse(manifest) as Manifest).node);
  return known.find(([, { exportedName }]) => exportedName === 'startSignIn')?.[0] ?? '';
}

type Came = { host?: string; headers?: Record<string, string | string[]> };

const forged = '203.0.113.66';
/** Every header by which somebody's proxy somewhere tells an address. */
const others: Record<string, string> = {
  'x-real-ip': forged,
  forwarded: `for=${forged};proto=https;by=${forged}`,
  'cf-connecting-ip': forged,
  'cf-connecting-ipv6': '2001:db8::66',
  'cf-pseudo-ipv4': forged,
  'true-client-ip': forged,
  'x-client-ip': forged,
  'x-cluster-client-ip': forged,
  'fastly-client-ip': forged,
  'fly-client-ip': forged,
  'x-forwarded': `for=${forged}`,
  'x-original-forwarded-for': forged,
  'x-vercel-forwarded-for': forged,
  'x-appengine-user-ip': forged,
  'x-azure-clientip': forged,
  'x-remote-addr': forged,
  'remote-addr': forged,
  'x-forwarded-host': forged,
  via: `1.1 ${forged}`,
};

test.describe('in the open', () => {
  const attempts: [string, Came][] = [
    ['nothing', {}],
    ['a forged X-Forwarded-For', { headers: { 'x-forwarded-for': forged } }],
    ['several of them', { headers: { 'x-forwarded-for': [forged, '198.51.100.7', ''] } }],
    ['every other header there is', { headers: others }],
  ];
  for (const [name, came] of attempts) {
    test(`the address is the peer's, with ${name}`, async ({ addressOf }) => {
      expect(await addressOf(0, came)).toBe('127.0.0.1');
    });
  }

  test('an IPv6 peer counts by its /64', async ({ addressOf }) => {
    expect(await addressOf(0, { host: '[::1]', headers: { 'x-forwarded-for': forged } })).toBe('0:0:0:0::/64');
  });

  test('an action asked of a page that has none, which Next passes on to itself, counts for who asked', async ({
    servers,
    newPhone,
  }) => {
    const { url, databaseUrl } = servers[0];
    const client = new Client(url.replace('localhost', '[::1]'), '');
    const phone = newPhone();
    const headers = { 'next-action': startSignIn(), 'content-type': 'text/plain;charset=UTF-8', origin: url };
    const body = JSON.stringify([{ country: 'IN', phone }]);
    expect((await client.call('POST', '/docs', { headers, body })).status).toBeLessThan(400);
    client.close();
    const sql = postgres(databaseUrl, { max: 1 });
    const [noted] = await sql`select address from audit_events where event = 'code.requested' and phone = ${phone}`;
    await sql.end();
    expect(noted).toEqual({ address: '0:0:0:0::/64' });
  });

  test('a new forged address each time opens no new window', async ({ servers, newPhone, newAddress }) => {
    const client = new Client(servers[0].url.replace('localhost', '127.0.0.2'), '');
    let refused;
    for (let sent = 0; sent < 11; sent += 1) {
      const address = newAddress();
      const headers = {
        ...Object.fromEntries(Object.keys(others).map((name) => [name, address])),
        'x-forwarded-for': address,
      };
      refused = await client.post('/api/auth/send-otp', { phone: newPhone() }, headers);
      if (refused.status !== 200) break;
    }
    client.close();
    expectProblem(refused!, 'too_many_requests', { retry_after_seconds: seconds(1, 600) });
  });
});

const IPV4 = '198.51.100.23';
const behindOne: [string, string | string[], string][] = [
  ['what the proxy wrote', IPV4, IPV4],
  ['the last entry, which the proxy wrote', `${forged}, ${IPV4}`, IPV4],
  ['the last entry of several headers', [forged, `${forged}, ${IPV4}`], IPV4],
  ['the last of a hundred forged ones', `${`${forged}, `.repeat(100)}${IPV4}`, IPV4],
  ['an entry with a port', `${IPV4}:51234`, IPV4],
  ['IPv4 as IPv6 shows it', `::ffff:${IPV4}`, IPV4],
  ['IPv4 as IPv6 shows it, in hexadecimals', '::ffff:c633:6417', IPV4],
  ['IPv6 by its /64', '2001:db8:0:9::1', '2001:db8:0:9::/64'],
  ['IPv6 in brackets with a port', '[2001:db8:0:9::1]:443', '2001:db8:0:9::/64'],
  ['IPv6 with a zone', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['an empty last entry as nobody’s', `${IPV4}, `, 'unknown'],
  ['a name as nobody’s', 'localhost', 'unknown'],
  ['a number as nobody’s', '3325256727', 'unknown'],
  ['nothing as nobody’s', '', 'unknown'],
];
for (const [name, sent, address] of behindOne) {
  test(`behind one proxy it takes ${name}`, async ({ addressOf }) => {
    expect(await addressOf(1, { headers: { ...others, ...(sent === '' ? {} : { 'x-forwarded-for': sent }) } })).toBe(
      address,
    );
  });
}

const behindTwo: [string, string | string[], string][] = [
  ['the entry before the last', `${IPV4}, 10.0.0.7`, IPV4],
  ['it whatever stands before', `${forged}, ${forged}, ${IPV4}, 10.0.0.7`, IPV4],
  ['it over several headers', [`${forged}, ${IPV4}`, '10.0.0.7'], IPV4],
  ['a single entry as nobody’s: one proxy was left out', IPV4, 'unknown'],
];
for (const [name, sent, address] of behindTwo) {
  test(`behind two proxies it takes ${name}`, async ({ addressOf }) => {
    expect(await addressOf(2, { headers: { 'x-forwarded-for': sent } })).toBe(address);
  });
}
