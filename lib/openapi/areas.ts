import type { ErrorCode } from '../errors';
import { fastCalls, fastRefusals } from '../dialects/fast';
import { hubCalls, hubRefusals } from '../dialects/hub';
import { loopCalls, loopRefusals } from '../dialects/loop';
import { problemOf } from '../http/problem';
import type { ApiCall, RefusalDescription } from './api-call';
import { adminCalls } from './canonical-admin';
import { authCalls } from './canonical-auth';
import { nextAuthCalls } from './canonical-browser';
import { numberCalls } from './canonical-number';
import { passkeyEntryCalls } from './canonical-passkey-entry';
import { passkeyCalls } from './canonical-passkeys';
import { profileCalls } from './canonical-profile';
import { recoveryCalls } from './canonical-recovery';
import { problemSchema } from './canonical-schemas';
import { securityCalls } from './canonical-security';
import { serviceCalls, webhookCalls } from './canonical-service';
import { SAMPLE_ID } from './samples';

/** Calls that belong together, and the one shape of their refusals. Each dialect is an area of its own. */
export type Area = {
  name: string;
  description: string;
  calls: readonly ApiCall[];
  refusal: RefusalDescription;
  /** What the refusals say, where it is not what `lib/errors.ts` has. */
  sentences?: Record<ErrorCode, string>;
};

const exampleOf = (code: ErrorCode) =>
  problemOf({ code, ...(code === 'invalid_code' ? { attemptsLeft: 4 } : {}) }, SAMPLE_ID);
const refusal: RefusalDescription = {
  mediaType: 'application/problem+json',
  schema: problemSchema,
  example: exampleOf('invalid_code'),
  exampleOf,
};

/** All calls there are, in the order of the description. */
export const areas: readonly Area[] = [
  { name: 'Sign in', description: 'A code to a number, tokens for it.', calls: authCalls, refusal },
  { name: 'Profile', description: 'Who is signed in.', calls: profileCalls, refusal },
  { name: 'Phone number', description: 'Changing it.', calls: numberCalls, refusal },
  { name: 'Security', description: 'Sessions, fresh proof, activity, linked accounts.', calls: securityCalls, refusal },
  {
    name: 'Passkeys',
    description: 'Signing in without a message.',
    calls: [...passkeyEntryCalls, ...passkeyCalls],
    refusal,
  },
  {
    name: 'Recovery codes',
    description: 'The way back when phone and passkey are lost.',
    calls: recoveryCalls,
    refusal,
  },
  { name: 'Administration', description: 'For administrators alone.', calls: adminCalls, refusal },
  {
    name: 'Service',
    description: 'Health, keys, this description, whom to write to, the inbox.',
    calls: serviceCalls,
    refusal,
  },
  { name: 'Receipts', description: 'What SMS vendors call.', calls: webhookCalls, refusal },
  {
    name: 'Browser sessions',
    description: 'NextAuth, for our own pages: by cookie, and never from another origin.',
    calls: nextAuthCalls,
    refusal,
  },
  {
    name: 'Hub',
    description: 'As clients of Hub call us.',
    calls: hubCalls,
    refusal: hubRefusals.body,
    sentences: hubRefusals.sentences,
  },
  {
    name: 'Loop',
    description: 'As clients of Loop call us.',
    calls: loopCalls,
    refusal: loopRefusals.body,
    sentences: loopRefusals.sentences,
  },
  {
    name: 'Fast',
    description: 'As clients of Fast call us.',
    calls: fastCalls,
    refusal: fastRefusals.body,
    sentences: fastRefusals.sentences,
  },
];
