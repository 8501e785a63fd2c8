// `npm run keys`: new keys to sign access tokens by, in steps or at once. It prints a setting and sets nothing.
import type { JWK } from 'jose';
import { developmentSecret } from '../development-secret';
import { type Changed, environmentLine, replacedKeys, rotationSteps } from '../sessions/key-rotation';
import { derivedSigningKey, parsePrivateKeys } from '../sessions/signing-keys';
import { runCommand } from './command';

const COMMAND = 'npm run --silent keys --';
const HELP = `${COMMAND} add | promote <kid> | prune | replace

Reads JWT_PRIVATE_KEYS as the server does and prints what to set it to, on every instance:
  add            a new key, which verifies and does not sign yet
  promote <kid>  the key that add named signs, the others go on verifying
  prune          only the key that signs stays
  replace        for a key that leaked: only a new key, at once
"Rotate signing keys" in README.md says how long to wait in between.

--development  without settings, begins with the key of this checkout’s development secret`;

type Step = keyof typeof rotationSteps | 'replace';
const NEXT: Record<Step, (keys: readonly JWK[]) => string> = {
  add: (keys) =>
    `Next: set it on every instance, wait until other services have fetched the new key, then, with the new setting:
${COMMAND} promote ${keys.at(-1)?.kid}`,
  promote: () => `Next: set it on every instance, wait until the last token of the key before has expired, then:
${COMMAND} prune`,
  prune: () => 'Next: set it on every instance.',
  replace: () => 'Next: set it on every instance at once: those that lack it go on trusting the keys before.',
};

type Found = { ok: true; keys: JWK[]; from: string } | { ok: false; problem: string };

await runCommand(main);

function main(args: string[]): number {
  const [step, kid, ...more] = args.filter((arg) => arg !== '--development');
  if (args.length === 0) {
    console.log(HELP);
    return 0;
  }
  if (!isStep(step) || more.length > 0 || (kid !== undefined && step !== 'promote')) {
    console.error(`Name one step, add, promote <kid>, prune or replace: ${COMMAND} add`);
    return 1;
  }
  const changed = change(step, kid, args.includes('--development'));
  if (!changed.ok) {
    console.error(changed.problem);
    return 1;
  }
  console.log(environmentLine(changed.keys));
  console.error(`${changed.done}\nThe line is a secret, like NEXTAUTH_SECRET.\n${NEXT[step](changed.keys)}`);
  return 0;
}

function isStep(name: string | undefined): name is Step {
  return name !== undefined && Object.hasOwn(NEXT, name);
}

function change(step: Step, kid: string | undefined, isDevelopment: boolean): Changed {
  if (step === 'replace') return { ok: true, ...replacedKeys() };
  const found = currentKeys(process.env, isDevelopment);
  if (!found.ok) return found;
  const changed = rotationSteps[step](found.keys, kid);
  return changed.ok ? { ...changed, done: `${found.from}\n${changed.done}` } : changed;
}

/** The keys that a server with these settings uses. */
function currentKeys(settings: NodeJS.ProcessEnv, isDevelopment: boolean): Found {
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
  // Only when asked for: on a production host whose settings are elsewhere it would be the wrong key.
  if (!isDevelopment) {
    return {
      ok: false,
      problem:
        'Neither JWT_PRIVATE_KEYS nor NEXTAUTH_SECRET is set: run this with the settings of the instances, NODE_ENV=production among them, or with --development for the key of this checkout.',
    };
  }
  return {
    ok: true,
    keys: [derivedSigningKey(developmentSecret())],
    from: 'The key in use is the one of this checkout’s development secret.',
  };
}
