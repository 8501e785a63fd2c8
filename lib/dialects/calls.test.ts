import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ApiCall, BodyDescription } from '../openapi/api-call';
import { openApiDocument } from '../openapi/document';
import { fastCalls, fastRefusals } from './fast';
import { hubCalls, hubRefusals, sendOtp as hubSendOtp } from './hub';
import { loopCalls, loopRefusals } from './loop';
import { sendOtp, sendOtpWithName } from './port';
import { refusalsIn } from './refusals';

const dialects: [string, readonly ApiCall[], BodyDescription[]][] = [
  ['Port and Print', [sendOtp, sendOtpWithName], []],
  ['Hub', hubCalls, [hubRefusals.body]],
  ['Loop', loopCalls, [loopRefusals.body]],
  ['Fast', fastCalls, [fastRefusals.body]],
];
const calls = dialects.flatMap(([name, all]) =>
  all.map((call) => [`${name}: ${call.method} ${call.path}`, call] as const),
);
const bodiesOf = ({ request, answers }: ApiCall): BodyDescription[] =>
  [request, ...Object.values(answers).map(({ body }) => body)].filter((body) => body !== undefined);

describe('the golden samples', () => {
  it.each(calls)('of %s fit its own schemas', (_name, call) => {
    for (const { schema, example } of bodiesOf(call)) expect(schema.safeParse(example).error).toBeUndefined();
  });

  it('of refusals fit the envelopes', () => {
    for (const [, , refusals] of dialects)
      for (const { schema, example } of refusals) expect(schema.safeParse(example).error).toBeUndefined();
  });

  it('stand in the documentation, with every path', () => {
    const text = readFileSync('docs/dialects.md', 'utf8');
    const shown = [...text.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json]) => JSON.parse(json ?? '') as unknown);
    for (const [, all, refusals] of dialects) {
      for (const { path, aliases = [] } of all) for (const each of [path, ...aliases]) expect(text).toContain(each);
      for (const { example } of [...all.flatMap(bodiesOf), ...refusals]) expect(shown).toContainEqual(example);
    }
  });

  it('of refusals keep the fields of a new dialect, even where ours have the same names', () => {
    const { body } = refusalsIn(hubRefusals.sentences, {
      shape: { status: z.literal('error'), title: z.string() },
      of: (title) => ({ status: 'error', title }) as const,
    });
    const area = { name: 'Acme', description: '', calls: [hubSendOtp], refusal: body };
    const document = openApiDocument([area], { name: 'Acme', url: 'https://acme.example', version: '1' });
    const { 429: refused } = document.paths?.[hubSendOtp.path]?.post?.responses ?? {};
    expect(refused).toMatchObject({
      content: {
        'application/json': {
          examples: { resend_too_soon: { value: { status: 'error', title: hubRefusals.sentences.resend_too_soon } } },
        },
      },
    });
  });
});
