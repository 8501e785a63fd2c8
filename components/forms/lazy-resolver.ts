import type { FieldValues, Resolver } from 'react-hook-form';
import type { ZodType } from 'zod';

/**
 * A resolver that fetches the validator when a form first needs it. Zod weighs twice as much as the form library, and
 * nobody should wait for it before they can read a page or type into a field. `prepare` turns the fields into what the
 * schema describes, where the two differ.
 */
export function lazyResolver<Input extends FieldValues, Output>(
  loadSchema: () => Promise<ZodType<Output, FieldValues>>,
  prepare: (values: Input) => FieldValues = (values) => values,
): Resolver<Input, unknown, Output> {
  return async (values, context, options) => {
    const [{ zodResolver }, schema] = await Promise.all([import('@hookform/resolvers/zod'), loadSchema()]);
    const validate = zodResolver<Input, unknown, Output>(schema as ZodType<Output, Input>);
    return validate(prepare(values) as Input, context, options);
  };
}
