import { expect, test } from '../fixtures/test';

// Server actions are a way in like any other: what our pages would never send is a client's fault, never a 500.

const ID = '40'.repeat(21);
const asText = { 'next-action': ID, 'content-type': 'text/plain;charset=UTF-8' };
const form = 'multipart/form-data; boundary=x';
const part = (name: string, value: string) =>
  `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--x--\r\n`;

test('malformed calls of a server action are refused before they are decoded', async ({ client }) => {
  const bodies = [
    '',
    'xyz',
    '5',
    'null',
    '{}',
    '[]',
    '["$1:a:b"]',
    '["$Q1"]',
    '["$B1"]',
    '[{"phone":"$n99"}]',
    '[{"phone":5}]',
    `${'['.repeat(5_000)}`,
    '[1,2]',
  ];
  for (const body of bodies) {
    await test.step(body.slice(0, 30), async () => {
      const answer = await client.call('POST', '/auth', { body, headers: asText });
      expect([answer.status, answer.json<{ code: string }>().code]).toEqual([400, 'invalid_request']);
    });
  }
});

test('calls of a server action that are too large or of another type are refused', async ({ client }) => {
  const large = await client.call('POST', '/auth', { body: `[{"phone":"${'1'.repeat(20_000)}"}]`, headers: asText });
  expect(large.status).toBe(413);
  const json = await client.call('POST', '/auth', {
    body: '[]',
    headers: { ...asText, 'content-type': 'application/json' },
  });
  expect(json.status).toBe(415);
});

test('forms that no page of ours wrote never fail the server', async ({ client }) => {
  const bodies = [
    '',
    'garbage',
    '--x\r\n',
    part('$ACTION_ID_zz', ''),
    part('$ACTION_REF_1', ''),
    part('$ACTION_1:0', '{"id":"x","bound":"$@1"}'),
    part('a', 'b'),
  ];
  for (const body of bodies) {
    for (const headers of [{ 'content-type': form }, { 'content-type': form, 'next-action': ID }]) {
      await test.step(`${Object.keys(headers).length} ${body.slice(0, 60)}`, async () => {
        const answer = await client.call('POST', '/auth', { body, headers });
        expect(answer.status).toBeLessThan(500);
      });
    }
  }
});
