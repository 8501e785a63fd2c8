import { z } from 'zod';

/** A field that old clients send as `""` or null when there is nothing to tell. {@link told} reads it. */
export const orBlank = <Schema extends z.ZodType<string>>(schema: Schema) =>
  z.union([schema, z.literal(''), z.null()]).optional();

/** What such a field tells, if anything. */
export const told = (value: string | null | undefined): string | undefined => value || undefined;

/** A token of ours, as `POST /api/auth/refresh` takes it. */
export const refreshField = z.string().min(1).max(512);

/** A JWT of ours. */
export const jwtField = z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/);

/** The one answer of a call that is no refusal, with its sample, as `ApiCall` has it. */
export const answers = <Schema extends z.ZodType>(description: string, schema: Schema, example: z.input<Schema>) => ({
  200: { description, body: { schema, example } },
});
