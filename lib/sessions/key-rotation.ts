import type { JWK } from 'jose';
import { MOST_SIGNING_KEYS, newSigningKey } from './signing-keys';

export type Changed = { ok: true; keys: JWK[]; done: string } | { ok: false; problem: string };

/**
 * The three steps of a rotation, in their order. Each is handed the keys in use, the signing one first, and answers the
 * keys to use from then on, so that instances of two neighbouring steps always accept each other's tokens.
 */
export const rotationSteps = {
  /** A new key that verifies and does not sign yet: nobody signs by it before everybody knows it. */
  add(keys: readonly JWK[]): Changed {
    if (keys.length >= MOST_SIGNING_KEYS) {
      return { ok: false, problem: `There are ${MOST_SIGNING_KEYS} keys, the most there may be: prune first.` };
    }
    const added = newSigningKey();
    return {
      ok: true,
      keys: [...keys, added],
      done: `Added key ${added.kid}; key ${keys[0]?.kid} goes on signing.`,
    };
  },
  /** The named key signs; the others go on verifying. By name, not by place: done twice it must not bring back the old. */
  promote(keys: readonly JWK[], kid?: string): Changed {
    const [signing, ...others] = keys;
    if (!signing || others.length === 0) {
      return { ok: false, problem: 'There is no second key to promote: add one first.' };
    }
    if (kid === signing.kid) {
      return { ok: false, problem: `Key ${kid} signs already: there is nothing to promote.` };
    }
    const named = others.find((key) => key.kid === kid);
    if (!named) {
      const kids = others.map((key) => key.kid).join(', ');
      return { ok: false, problem: `Name the key to promote by its kid; there are: ${kids}.` };
    }
    return {
      ok: true,
      keys: [named, ...keys.filter((key) => key !== named)],
      done: `Key ${kid} signs; key ${signing.kid}, which signed before, goes on verifying.`,
    };
  },
  /** Only the key that signs stays. */
  prune(keys: readonly JWK[]): Changed {
    const [signing, ...others] = keys;
    if (!signing || others.length === 0) {
      return { ok: false, problem: 'There is no key to prune: the one that signs is the only one.' };
    }
    return {
      ok: true,
      keys: [signing],
      done: `Key ${signing.kid} stays; gone: ${others.map(({ kid }) => kid).join(', ')}.`,
    };
  },
} as const;

/** For a key that leaked: nothing but a new key from now on, whatever the keys in use are. */
export function replacedKeys(): { keys: [JWK]; done: string } {
  const key = newSigningKey();
  return { keys: [key], done: `Key ${key.kid} takes the place of all keys.` };
}

/** The keys as a line for a shell or an .env file, where nothing in single quotes but a quote (and, to Next, $) is special. */
export function environmentLine(keys: readonly JWK[]): string {
  const json = JSON.stringify({ keys }).replace(/['$]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return `JWT_PRIVATE_KEYS='${json}'`;
}
