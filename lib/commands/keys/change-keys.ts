import type { JWK } from 'jose';
import { developmentSecret } from '../../development-secret';
import { environmentLine, replacedKeys, rotationSteps } from '../../sessions/key-rotation';
import { derivedSigningKey, parsePrivateKeys } from '../../sessions/signing-keys';
import { CommandError } from '../command';

export const COMMAND = 'npm run --silent keys --';

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

type Settings = Record<string, string | undefined>;
type Found = { keys: JWK[]; from: string };

/**
 * Takes one step, of which the words after the command tell, with the keys that a server with these settings uses. Answers the
 * line to set and what to say of it, neither of them written anywhere. @throws {CommandError}
 */
export function changeKeys(words: readonly string[], settings: Settings): { line: string; told: string } {
  const [step, kid, ...more] = words.filter((word) => word !== '--development');
  if (!isStep(step) || more.length > 0 || (kid !== undefined && step !== 'promote')) {
    throw new CommandError(`Name one step, add, promote <kid>, prune or replace: ${COMMAND} add`);
  }
  const { keys, done } = change(step, kid, () => currentKeys(settings, words.includes('--development')));
  return {
    line: environmentLine(keys),
    told: `${done}\nThe line is a secret, like NEXTAUTH_SECRET.\n${NEXT[step](keys)}`,
  };
}

function isStep(name: string | undefined): name is Step {
  return name !== undefined && Object.hasOwn(NEXT, name);
}

function change(step: Step, kid: string | undefined, find: () => Found): { keys: JWK[]; done: string } {
  if (step === 'replace') return replacedKeys();
  const found = find();
  const changed = rotationSteps[step](found.keys, kid);
  if (!changed.ok) throw new CommandError(changed.problem);
  return { keys: changed.keys, done: `${found.from}\n${changed.done}` };
}

/** The keys that a server with these settings uses. */
function currentKeys(settings: Settings, isDevelopment: boolean): Found {
  const configured = settings.JWT_PRIVATE_KEYS?.trim();
  if (configured) {
    const parsed = parsePrivateKeys(configured);
    if (!parsed.ok) throw new CommandError(`JWT_PRIVATE_KEYS ${parsed.problem}.`);
    return { keys: parsed.keys, from: 'Read JWT_PRIVATE_KEYS.' };
  }
  const secret = settings.NEXTAUTH_SECRET?.trim() || settings.AUTH_SECRET?.trim();
  if (secret) {
    return {
      keys: [derivedSigningKey(secret)],
      from: 'JWT_PRIVATE_KEYS is not set, so the key in use is the one derived from NEXTAUTH_SECRET.',
    };
  }
  // Only when asked for: on a production host whose settings are elsewhere it would be the wrong key.
  if (!isDevelopment) {
    throw new CommandError(
      'Neither JWT_PRIVATE_KEYS nor NEXTAUTH_SECRET is set: run this with the settings of the instances, NODE_ENV=production among them, or with --development for the key of this checkout.',
    );
  }
  return {
    keys: [derivedSigningKey(developmentSecret())],
    from: 'The key in use is the one of this checkout’s development secret.',
  };
}
