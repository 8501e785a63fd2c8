import { describe, expect, it } from 'vitest';
import { environmentLine, replacedKeys, rotationSteps } from './key-rotation';
import { MOST_SIGNING_KEYS, newSigningKey, parsePrivateKeys } from './signing-keys';

const [first, second, third] = [newSigningKey(), newSigningKey(), newSigningKey()];
const keysAfter = (changed: ReturnType<(typeof rotationSteps)['add']>) => (changed.ok ? changed.keys : []);

describe('the steps of a rotation', () => {
  it('add a key that verifies and does not sign', () => {
    const keys = keysAfter(rotationSteps.add([first, second]));
    expect(keys).toEqual([
      first,
      second,
      { ...third, kid: expect.any(String), x: expect.any(String), y: expect.any(String), d: expect.any(String) },
    ]);
    expect(new Set(keys.map(({ d }) => d)).size).toBe(3);
  });

  it('promote the named key, wherever it stands, and keep the others', () => {
    expect(keysAfter(rotationSteps.promote([first, second, third], third.kid))).toEqual([third, first, second]);
    expect(keysAfter(rotationSteps.promote([first, second, third], second.kid))).toEqual([second, first, third]);
  });

  it('done twice never bring the key before back', () => {
    const promoted = keysAfter(rotationSteps.promote([first, second], second.kid));
    expect(rotationSteps.promote(promoted, second.kid)).toEqual({
      ok: false,
      problem: expect.stringContaining('signs already'),
    });
    expect(keysAfter(rotationSteps.prune(promoted))).toEqual([second]);
  });

  it.each([undefined, '', 'unknown'])('promote no key by the name %j, and tell the names there are', (kid) => {
    const refused = rotationSteps.promote([first, second, third], kid);
    expect(refused).toEqual({ ok: false, problem: expect.stringContaining(`${second.kid}, ${third.kid}.`) });
  });

  it('prune all but the key that signs', () => {
    expect(keysAfter(rotationSteps.prune([first, second, third]))).toEqual([first]);
  });

  it('leave a set that the server reads', () => {
    const added = keysAfter(rotationSteps.add([first]));
    const once = keysAfter(rotationSteps.promote(added, added[1]?.kid));
    expect(parsePrivateKeys(JSON.stringify({ keys: once }))).toEqual({ ok: true, keys: once });
  });

  it('are refused where there is nothing to do, or no room', () => {
    expect(rotationSteps.promote([first], first.kid)).toMatchObject({ ok: false });
    expect(rotationSteps.prune([first])).toMatchObject({ ok: false });
    expect(rotationSteps.add(Array.from({ length: MOST_SIGNING_KEYS }, newSigningKey))).toMatchObject({ ok: false });
  });

  it('tell what they did by names, never by private parts', () => {
    for (const changed of [
      rotationSteps.add([first]),
      rotationSteps.promote([first, second], second.kid),
      rotationSteps.prune([second, first]),
    ]) {
      const done = changed.ok ? changed.done : '';
      expect(done).toContain(first.kid);
      for (const { d } of [...keysAfter(changed), first, second]) expect(done).not.toContain(d);
    }
  });
});

describe('keys in the place of leaked ones', () => {
  it('are one new key that the server reads', () => {
    const [{ keys, done }, again] = [replacedKeys(), replacedKeys()];
    expect(parsePrivateKeys(JSON.stringify({ keys }))).toEqual({ ok: true, keys });
    expect([keys.length, keys[0].kid === again.keys[0].kid]).toEqual([1, false]);
    expect(done).toContain(keys[0].kid);
    expect(done).not.toContain(keys[0].d);
  });
});

describe('the line for the environment', () => {
  it('holds a kid with any sign in it', () => {
    const keys = [{ ...first, kid: `it's $HOME "x" \\ é` }];
    const line = environmentLine(keys);
    const quoted = /^JWT_PRIVATE_KEYS='([^'$\n]+)'$/.exec(line)?.[1] ?? '';
    expect(parsePrivateKeys(quoted)).toEqual({ ok: true, keys });
  });
});
