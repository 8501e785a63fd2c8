import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import type { ApiCall } from '@/lib/openapi/api-call';
import { areas } from '@/lib/openapi/areas';
import { giveRole } from '../fixtures/admin';
import { type Caller, callers, type Expected, type Row, rows } from '../fixtures/endpoint-rows';
import { type Answer, bearer, Client } from '../fixtures/http-client';
import { signIn } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';
import type { Clock } from '../fixtures/time';

const calls = areas.flatMap((area) => area.calls);
const nameOf = ({ method, path }: ApiCall) => `${method} ${path}`;

type Person = { id: string; phone: string; headers: { authorization: string } };
type Role = Exclude<Caller, 'anonymous'>;
type People = Record<Role, Person>;
type Newcomer = (as: Role) => Promise<Person>;

// Most calls leave their callers as they were, so one of each is enough for the file.
let everybody: Promise<People> | undefined;

const test = base.extend<{ newcomer: Newcomer; people: People }>({
  newcomer: async ({ run, newAddress, newPhone, sql, clock }, provide) => {
    await provide(async (as) => {
      const client = new Client(run.appUrl, newAddress());
      const person = await arrive(client, newPhone(), as, { sql, clock });
      client.close();
      return person;
    });
  },
  people: async ({ newcomer }, provide) => provide(await (everybody ??= oneOfEach(newcomer))),
});

async function oneOfEach(newcomer: Newcomer): Promise<People> {
  const roles = callers.filter((caller) => caller !== 'anonymous');
  const made: [Role, Person][] = [];
  for (const as of roles) made.push([as, await newcomer(as)]);
  return Object.fromEntries(made) as People;
}

/** Somebody who has just signed in, and what became of them since. */
async function arrive(client: Client, phone: string, as: Role, { sql, clock }: { sql: Sql; clock: Clock }) {
  const { user, tokens } = await signIn(client, phone);
  const headers = bearer(tokens.access);
  if (as === 'admin' || as === 'provider') await giveRole(sql, phone, as);
  if (as === 'suspended') await sql`update users set suspended_at = now() where id = ${user.id}`;
  if (as === 'revoked') expect((await client.post('/api/auth/logout', {}, headers)).status).toBe(200);
  // A code may be asked for again.
  await clock.passForPhone(phone, 61);
  return { id: user.id, phone, headers };
}

/** By whom the call is for, and the exceptions of its row. */
function expectedOf({ auth }: ApiCall, { answers, but, about }: Row, caller: Caller): Expected {
  const guarded = auth === 'signed-in' || auth === 'admin';
  const exception = but?.[caller];
  if (exception !== undefined) return exception;
  if (guarded && caller === 'anonymous') return 'unauthenticated';
  if (guarded && (caller === 'suspended' || caller === 'revoked')) return 'token_revoked';
  if (auth === 'admin' && caller !== 'admin') return 'forbidden';
  return about && caller !== 'user' ? 'not_found' : answers;
}

type Sending = { headers: Record<string, string>; name: string; newPhone: () => string };

/** The call as a client of its own would send it, so that nothing but authorisation can stand in its way. */
function send(client: Client, { method, path, request }: ApiCall, row: Row, { headers, name, newPhone }: Sending) {
  const address = path.replace(/\{\w+\}/, encodeURIComponent(name));
  const body = row.json ? row.json({ newPhone, name }) : request?.example;
  if (row.body) {
    const { type, content } = row.body;
    return client.call(method, address, { headers: { ...headers, 'content-type': type }, body: content });
  }
  const type = request?.mediaType ?? 'application/json';
  if (type === 'application/x-www-form-urlencoded') {
    const form = new URLSearchParams(body as Record<string, string>).toString();
    return client.call(method, address, { headers: { ...headers, 'content-type': type }, body: form });
  }
  return client.call(method, address, { headers, ...(request ? { json: body } : {}) });
}

function outcomeOf(answer: Answer): Expected {
  if (answer.status < 400) return answer.status;
  return answer.json<{ code?: Expected }>().code ?? answer.status;
}

const told = (answer: Answer) => [answer.status, { ...answer.json(), request_id: null }];

// One worker, so one of each caller.
test.describe.configure({ mode: 'default' });

test('every call has a row, and every row a call', () => {
  expect(Object.keys(rows).sort()).toEqual(calls.map(nameOf).sort());
});

for (const call of calls) {
  const row = rows[nameOf(call)];
  if (!row) continue;
  test(`${nameOf(call)} answers each caller what is theirs`, async ({ newClient, newPhone, newcomer, people, sql }) => {
    const present: People = { ...people };
    if (row.alone) for (const as of ['other user', 'provider', 'admin'] as const) present[as] = await newcomer(as);
    if (row.alone || row.about) present.user = await newcomer('user');
    const names = (await row.about?.(sql, present.user, newPhone)) ?? { theirs: randomUUID(), nobodys: randomUUID() };
    for (const caller of callers) {
      const headers = caller === 'anonymous' ? {} : present[caller].headers;
      const client = newClient();
      const answer = await send(client, call, row, { headers, newPhone, name: names.theirs });
      const expected = expectedOf(call, row, caller);
      expect(outcomeOf(answer), `${caller}: ${answer.text.slice(0, 300)}`).toBe(expected);
      if (row.about && typeof expected === 'string') {
        const unknown = await send(client, call, row, { headers, newPhone, name: names.nobodys });
        expect(told(unknown), `${caller}, of what does not exist`).toEqual(told(answer));
      }
    }
  });
}
