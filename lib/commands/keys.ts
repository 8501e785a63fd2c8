// `npm run keys`: the steps of a rotation of the keys that sign access tokens. It prints a setting and changes nothing.
import nextEnv from '@next/env';
import type { JWK } from 'jose';
import { developmentSecret } from '../development-secret';
import { environmentLine, rotationSteps } from '../sessions/key-rotation';
import { derivedSigningKey, parsePrivateKeys } from '../sessions/signing-keys';

const HELP = `npm run --silent keys -- add | promote | prune

Reads JWT_PRIVATE_KEYS as the server does and prints what to set it to, on every instance:
  add      a new key, which verifies and does not sign yet
  promote  the newest key signs, the others go on verifying
  prune    only the key that signs stays
"Rotate signing keys" in README.md says how long to wait in between.`;

const NEXT = {
  add: 'Next: set it on every instance, wait until other services have fetched the new key, then promote.',
  promote: 'Next: set it on every instance, wait until the last token of the key before has expired, then prune.',
  prune: 'Next: set it on every instance.',
};

type Found = { ok: true; keys: JWK[]; from: string } | { ok: false; problem: string };

nextEnv.loadEnvConfig(process.cwd(), process.env.NODE_ENV !== 'production', { info: () => {}, error: console.error });
process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  const [step] = args;
  if (step === undefined) {
    console.log(HELP);
    return 0;
  }
  if (!isStep(step) || args.length > 1) {
    console.error('Name one step, add, promote or prune: npm run --silent keys -- add');
    return 1;
  }
  const found = currentKeys(process.env);
  if (!found.ok) {
    console.error(found.problem);
    return 1;
  }
  const changed = rotationSteps[step](found.keys);
  if (!changed.ok) {
    console.error(changed.problem);
    return 1;
  }
  console.log(environmentLine(changed.keys));
  console.error(`${found.from}\n${changed.done}\nThe line is a secret, like NEXTAUTH_SECRET.\n${NEXT[step]}`);
  return 0;
}

function isStep(name: string): name is keyof typeof rotationSteps {
  return Object.hasOwn(rotationSteps, name);
}

/** The keys that a server with these settings uses. */
function currentKeys(settings: NodeJS.ProcessEnv): Found {
  const configured = settings.JWT_PRIVATE_KEYS?.trim();
  if (configured) {
    const parsed = parsePrivateKeys(configured);
    return parsed.ok
      ? { ...parsed, from: 'Read JWT_PRIVATE_KEYS.' }
      : { ok: false, problem: `JWT_PRIVATE_KEYS ${parsed.problem}.` };
  }
  const secret = settings.NEXTAUTH_SECRET?.trim() || settings.AUTH_SECRET?.trim();
  if (secret) {
    return {
      ok: true,
      keys: [derivedSigningKey(secret)],
      from: 'JWT_PRIVATE_KEYS is not set, so the key in use is the one derived from NEXTAUTH_SECRET.',
    };
  }
  if (settings.NODE_ENV === 'production') {
    return { ok: false, problem: 'Set JWT_PRIVATE_KEYS or NEXTAUTH_SECRET to what the instances have.' };
  }
  return {
    ok: true,
    keys: [derivedSigningKey(developmentSecret())],
    from: 'Neither JWT_PRIVATE_KEYS nor NEXTAUTH_SECRET is set, so the key in use is the one of this checkout’s development secret. For production, run this with its settings.',
  };
}
