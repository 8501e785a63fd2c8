import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { derivedSigningKey, newSigningKey, parsePrivateKeys } from '@/lib/sessions/signing-keys';

const secret = 'k9D0x!vQ2m7zR4tW8yB1nC5pL3sF6hJ0';
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const command = path.resolve('lib/commands/keys.ts');

/** A checkout with no settings and no development secret of its own. */
let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey keys '));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function run(args: string[], settings: Record<string, string> = {}) {
  const env = { ...process.env, ...settings };
  for (const name of ['NODE_ENV', 'JWT_PRIVATE_KEYS', 'NEXTAUTH_SECRET', 'AUTH_SECRET']) {
    if (!(name in settings)) Reflect.deleteProperty(env, name);
  }
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', loader, command, ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { said: stdout, explained: stderr, code: status };
}

/** The keys of a printed line. */
function printed(said: string) {
  const value = /^JWT_PRIVATE_KEYS='(.+)'\n$/.exec(said)?.[1] ?? '';
  const parsed = parsePrivateKeys(value);
  return { value, keys: parsed.ok ? parsed.keys : [] };
}

describe('npm run keys', () => {
  test('alone shows help', () => {
    expect(run([])).toEqual({
      said: expect.stringContaining('add | promote <kid> | prune | replace'),
      explained: '',
      code: 0,
    });
  });

  test('rotates the derived key through all three steps, one line each', () => {
    const added = run(['add'], { NODE_ENV: 'production', NEXTAUTH_SECRET: secret });
    const { keys, value } = printed(added.said);
    expect(keys).toEqual([derivedSigningKey(secret), expect.anything()]);
    expect([added.code, added.explained]).toEqual([0, expect.stringContaining('secret')]);
    // The exact command to go on with.
    const [, kid = ''] = /^npm run --silent keys -- promote (\S+)$/m.exec(added.explained) ?? [];
    const promoted = printed(run(['promote', kid], { JWT_PRIVATE_KEYS: value }).said);
    expect(promoted.keys).toEqual([keys[1], keys[0]]);
    const again = run(['promote', kid], { JWT_PRIVATE_KEYS: promoted.value });
    expect([again.code, again.said, again.explained]).toEqual([1, '', expect.stringContaining('signs already')]);
    expect(printed(run(['prune'], { JWT_PRIVATE_KEYS: promoted.value }).said).keys).toEqual([keys[1]]);
    for (const { d } of keys) expect(added.explained).not.toContain(d);
  });

  test('reads .env files, where its own line can stand', () => {
    const line = run(['add'], { AUTH_SECRET: secret }).said;
    fs.writeFileSync(path.join(folder, '.env.production.local'), line);
    const { keys } = printed(line);
    const { said } = run(['promote', keys[1]?.kid ?? ''], { NODE_ENV: 'production' });
    expect(printed(said).keys).toEqual(keys.reverse());
  });

  test('replaces all keys by one new key, whatever the settings are, and makes no secret', () => {
    const hosts: Record<string, string>[] = [{}, { NEXTAUTH_SECRET: secret }, { JWT_PRIVATE_KEYS: '{"keys":' }];
    for (const settings of hosts) {
      const { said, explained, code } = run(['replace'], settings);
      const { keys } = printed(said);
      expect([code, keys.length, explained]).toEqual([0, 1, expect.stringContaining('on every instance at once')]);
      expect(keys).not.toEqual([derivedSigningKey(secret)]);
      expect(explained).not.toContain(keys[0]?.d);
    }
    expect(fs.existsSync(path.join(folder, '.data'))).toBe(false);
  });

  test('promotes a key whose name begins with a dash', () => {
    const [first, second] = [newSigningKey(), { ...newSigningKey(), kid: '-a' }];
    const { said } = run(['promote', '-a'], { JWT_PRIVATE_KEYS: JSON.stringify({ keys: [first, second] }) });
    expect(printed(said).keys).toEqual([second, first]);
  });

  test('begins with the checkout’s own key when asked for development, and says so', () => {
    const { said, explained } = run(['add', '--development']);
    const made = fs.readFileSync(path.join(folder, '.data', 'secret'), 'utf8');
    expect(printed(said).keys[0]).toEqual(derivedSigningKey(made));
    expect(explained).toContain('development secret');
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
    [
      'production without a secret',
      ['add'],
      { NODE_ENV: 'production' },
      'Neither JWT_PRIVATE_KEYS nor NEXTAUTH_SECRET',
    ],
  ])('refuses %s in one sentence, and prints nothing to use', (_name, args, env, sentence) => {
    const { said, explained, code } = run(args, env);
    expect([code, said]).toEqual([1, '']);
    expect(explained).toContain(sentence);
    expect(explained.trim().split('\n')).toHaveLength(1);
    expect(fs.existsSync(path.join(folder, '.data'))).toBe(false);
  });
});
