import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ApiCall, BodyDescription } from '../openapi/api-call';
import { fastCalls, fastRefusals } from './fast';
import { hubCalls, hubRefusals } from './hub';
import { loopCalls, loopRefusals } from './loop';
import { sendOtp, sendOtpWithName } from './port';

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
});
