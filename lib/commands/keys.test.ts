import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { derivedSigningKey, parsePrivateKeys } from '@/lib/sessions/signing-keys';

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

  test('replaces keys that can’t be read, and makes no secret', () => {
    const { said, explained, code } = run(['replace'], { JWT_PRIVATE_KEYS: '{"keys":' });
    const { keys } = printed(said);
    expect([code, keys.length, explained]).toEqual([0, 1, expect.stringContaining('on every instance at once')]);
    expect(explained).not.toContain(keys[0]?.d);
    expect(fs.existsSync(path.join(folder, '.data'))).toBe(false);
  });

  test('begins with the checkout’s own key when asked for development, and says so', () => {
    const { said, explained } = run(['add', '--development']);
    const made = fs.readFileSync(path.join(folder, '.data', 'secret'), 'utf8');
    expect(printed(said).keys[0]).toEqual(derivedSigningKey(made));
    expect(explained).toContain('development secret');
  });

  test('refuses what it can’t do in one sentence, and prints nothing to use', () => {
    const { said, explained, code } = run(['add'], { NODE_ENV: 'production' });
    expect([code, said]).toEqual([1, '']);
    expect(explained).toMatch(/^Neither JWT_PRIVATE_KEYS nor NEXTAUTH_SECRET is set.*\n$/);
    expect(fs.existsSync(path.join(folder, '.data'))).toBe(false);
  });
});
