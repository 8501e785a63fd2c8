import { expect, test } from 'vitest';
import { derivedSigningKey, newSigningKey, parsePrivateKeys } from '@/lib/sessions/signing-keys';
import { CommandError } from '../command';
import { changeKeys } from './change-keys';

const secret = 'k9D0x!vQ2m7zR4tW8yB1nC5pL3sF6hJ0';
const keysOf = (line: string) => {
  const parsed = parsePrivateKeys(/^JWT_PRIVATE_KEYS='(.+)'$/.exec(line)?.[1] ?? '');
  return parsed.ok ? parsed.keys : [];
};

test.each<[string, Record<string, string>]>([
  ['no settings', {}],
  ['a secret', { NEXTAUTH_SECRET: secret }],
])('replaces all keys by one new key, with %s', (_name, settings) => {
  const keys = keysOf(changeKeys(['replace'], settings).line);
  expect(keys).toHaveLength(1);
  expect(keys).not.toEqual([derivedSigningKey(secret)]);
});

test('promotes a key whose name begins with a dash', () => {
  const [first, second] = [newSigningKey(), { ...newSigningKey(), kid: '-a' }];
  const { line } = changeKeys(['promote', '-a'], { JWT_PRIVATE_KEYS: JSON.stringify({ keys: [first, second] }) });
  expect(keysOf(line)).toEqual([second, first]);
});

const one = JSON.stringify({ keys: [newSigningKey()] });
const two = JSON.stringify({ keys: [newSigningKey(), newSigningKey()] });
test.each<[string, string[], Record<string, string>, string]>([
  ['a step that is none', ['rotate'], {}, 'Name one step'],
  ['a step from the prototype', ['toString'], {}, 'Name one step'],
  ['two steps', ['add', 'promote'], {}, 'Name one step'],
  ['two names', ['promote', 'one', 'two'], {}, 'Name one step'],
  ['an option that is none', ['add', '--dev'], {}, 'Name one step'],
  ['nothing to promote', ['promote', 'one'], { JWT_PRIVATE_KEYS: one }, 'add one first'],
  ['no name to promote', ['promote'], { JWT_PRIVATE_KEYS: two }, 'by its kid'],
  ['an unknown name', ['promote', 'unknown'], { JWT_PRIVATE_KEYS: two }, 'by its kid'],
  ['nothing to prune', ['prune'], { NEXTAUTH_SECRET: secret }, 'no key to prune'],
  ['keys that can’t be read', ['add'], { JWT_PRIVATE_KEYS: '{"keys":' }, 'JWT_PRIVATE_KEYS must be JSON'],
  ['a host without settings', ['add'], {}, 'Neither JWT_PRIVATE_KEYS nor NEXTAUTH_SECRET is set'],
])('%s is refused in one sentence', (_name, words, settings, sentence) => {
  const step = () => changeKeys(words, settings);
  expect(step).toThrow(CommandError);
  expect(step).toThrow(sentence);
  expect(step).not.toThrow('\n');
});
