import type { z } from 'zod';
import { doneSchema } from './canonical-schemas';
import { limitsOf } from './limits';

/** What calls for oneself have in common; those that change something share one limit. */
export const signedIn = { auth: 'signed-in' } as const;
export const changing = { ...signedIn, limits: limitsOf.changing } as const;

/** The answer of a call that has nothing to tell but that it is done. */
export const done = (message: string) => ({
  200: { description: message, body: { schema: doneSchema, example: { success: true, message } } },
});

/** The answer of every way in. */
export const signedInAs = (schema: z.ZodType, example: object) => ({
  200: { description: 'Signed in', body: { schema, example } },
});
