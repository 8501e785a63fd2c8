import { bearer } from '../fixtures/http-client';
import { complaints, expectProblem, seconds, userOf } from '../fixtures/shapes';
import { signIn } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';
import type { Answer } from '../fixtures/http-client';

/** Somebody who has just signed in with a number of their own. */
const test = base.extend<{
  phone: string;
  patch: (changes: unknown) => Promise<Answer>;
  me: () => Promise<Record<string, unknown>>;
}>({
  phone: async ({ newPhone }, provide) => provide(newPhone()),
  patch: async ({ client, phone }, provide) => {
    const { tokens } = await signIn(client, phone);
    await provide((changes) => client.call('PATCH', '/api/me', { headers: bearer(tokens.access), json: changes }));
  },
  me: async ({ patch }, provide) => provide(async () => (await patch({})).json()),
});

test('GET /api/me answers exactly the user object', async ({ client, newPhone }) => {
  const phone = newPhone();
  const { tokens } = await signIn(client, phone);
  const answer = await client.get('/api/me', { headers: bearer(tokens.access) });
  expect(answer.status).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.json()).toEqual(userOf(phone));
});

const accepted: [string, string | null, unknown?][] = [
  ['first_name', 'Ján'],
  ['last_name', 'O’Brien-Smith'],
  ['first_name', '李'],
  ['first_name', '😀'.repeat(100)],
  ['first_name', '  John ', 'John'],
  ['email', 'john+tag@example.co.uk'],
  ['bio', 'Two\nlines, and "quotes" <b>&amp; markup</b>'],
  ['bio', '😀'.repeat(500)],
  ['bio', null],
  ['location', 'São Paulo'],
  ['location', null],
  ['birth_date', '1995-01-31'],
  ['birth_date', '2000-02-29'],
  ['birth_date', null],
  ['avatar_url', 'https://example.com/me.png?size=2'],
  ['avatar_url', null],
  ['locale', 'bn-BD'],
  ['locale', 'uz-Latn-UZ'],
  ['time_zone', 'Asia/Kolkata'],
  ['time_zone', 'Asia/Tashkent'],
];
for (const [field, value, stored = value] of accepted) {
  const shown = value && value.length > 40 ? `${[...value].length} characters` : JSON.stringify(value);
  test(`PATCH /api/me sets ${field} to ${shown} and nothing else`, async ({ phone, patch, me }) => {
    const answer = await patch({ [field]: value });
    expect(answer.status, answer.text).toBe(200);
    const names = field === 'first_name' || field === 'last_name' ? { name: stored } : {};
    expect(answer.json()).toEqual(userOf(phone, { [field]: stored, ...names }));
    expect(await me()).toEqual(answer.json());
  });
}

const refused: [string, unknown][] = [
  ...['first_name', 'last_name', 'name', 'email'].map((field): [string, unknown] => [field, null]),
  ...[
    'first_name',
    'last_name',
    'name',
    'email',
    'bio',
    'location',
    'locale',
    'time_zone',
    'avatar_url',
    'birth_date',
  ].flatMap((field): [string, unknown][] => [
    [field, ''],
    [field, 7],
    [field, ['a']],
    [field, { a: 1 }],
    [field, true],
    [field, 'a\u0000b'],
  ]),
  ['first_name', 'x'.repeat(101)],
  ['first_name', '   '],
  ['first_name', 'half \ud800 a pair'],
  ['last_name', '😀'.repeat(101)],
  ['name', 'x'.repeat(201)],
  ['bio', 'x'.repeat(501)],
  ['location', 'x'.repeat(101)],
  ['email', 'john'],
  ['email', 'john@'],
  ['email', 'john@example'],
  ['email', 'john@example.com, jane@example.com'],
  ['email', `${'x'.repeat(250)}@example.com`],
  ['birth_date', '31.01.1995'],
  ['birth_date', '1995-02-30'],
  ['birth_date', '1899-12-31'],
  ['birth_date', '2999-01-01'],
  ['birth_date', '1995-01-31T00:00:00Z'],
  ['avatar_url', 'http://example.com/me.png'],
  ['avatar_url', 'javascript:alert(1)'],
  ['avatar_url', 'data:image/png;base64,AAAA'],
  ['avatar_url', '/me.png'],
  ['locale', 'not a language'],
  ['time_zone', 'Mars/Olympus'],
  ['time_zone', '+05:30'],
];

test('PATCH /api/me refuses what a field cannot hold, names the field and changes nothing', async ({
  phone,
  patch,
  me,
}) => {
  for (const [field, value] of refused) {
    await test.step(`${field}: ${String(JSON.stringify(value)).slice(0, 40)}`, async () => {
      const answer = await patch({ [field]: value });
      expectProblem(answer, 'invalid_request', { errors: expect.anything() });
      expect(complaints(answer)[0]).toMatch(new RegExp(`^${field}(\\.|$)`));
    });
  }
  expect(await me()).toEqual(userOf(phone));
});

test('PATCH /api/me refuses fields that are not its own', async ({ phone, patch, me }) => {
  for (const field of [
    'id',
    'phone',
    'role',
    'is_active',
    'is_verified',
    'email_verified',
    'needs_profile_completion',
    'created_at',
    'nonsense',
  ]) {
    const answer = await patch({ first_name: 'John', [field]: 'admin' });
    expectProblem(answer, 'invalid_request', { errors: [{ path: field, message: expect.any(String) }] });
  }
  expect(await me()).toEqual(userOf(phone));
});

test('PATCH /api/me names every field that is wrong at once', async ({ patch }) => {
  const answer = await patch({ first_name: '', email: 'x', birth_date: 'y', surprise: 1 });
  expect([...new Set(complaints(answer))].sort()).toEqual(['birth_date', 'email', 'first_name', 'surprise']);
});

test('a name given as one splits at its first space', async ({ patch }) => {
  expect((await patch({ name: 'John Ronald Doe' })).json()).toMatchObject({
    first_name: 'John',
    last_name: 'Ronald Doe',
    name: 'John Ronald Doe',
  });
});

test('a profile is complete once first name, last name and e-mail are there, and stays complete', async ({ patch }) => {
  expect((await patch({ first_name: 'John' })).json()).toMatchObject({ needs_profile_completion: true });
  expect((await patch({ last_name: 'Doe' })).json()).toMatchObject({ needs_profile_completion: true });
  expect((await patch({ email: 'john@example.com' })).json()).toMatchObject({
    needs_profile_completion: false,
    email_verified: false,
  });
  expect((await patch({ first_name: 'Jane' })).json()).toMatchObject({
    needs_profile_completion: false,
    name: 'Jane Doe',
  });
});

test('updated_at moves with a change, created_at never', async ({ patch, me }) => {
  const before = await me();
  const after = (await patch({ bio: 'New' })).json();
  expect(after.created_at).toBe(before.created_at);
  expect(Date.parse(String(after.updated_at))).toBeGreaterThan(Date.parse(String(before.updated_at)));
});

test('two people may have the same e-mail, and neither learns of the other', async ({ client, newPhone }) => {
  for (const phone of [newPhone(), newPhone()]) {
    const { tokens } = await signIn(client, phone);
    const answer = await client.call('PATCH', '/api/me', {
      headers: bearer(tokens.access),
      json: { email: 'shared@example.com' },
    });
    expect(answer.json()).toMatchObject({ email: 'shared@example.com', email_verified: false });
  }
});

test('a session that changes things without end is told to wait, and no other is', async ({ client, newPhone }) => {
  const [flood, other] = [await signIn(client, newPhone()), await signIn(client, newPhone())];
  const change = (access: string) => client.call('PATCH', '/api/me', { headers: bearer(access), json: { bio: 'x' } });
  let last = await change(flood.tokens.access);
  for (let i = 0; i < 120; i += 1) last = await change(flood.tokens.access);
  expectProblem(last, 'too_many_requests', { retry_after_seconds: seconds(1, 300) });
  expect((await client.get('/api/me', { headers: bearer(flood.tokens.access) })).status).toBe(200);
  expect((await change(other.tokens.access)).status).toBe(200);
});
