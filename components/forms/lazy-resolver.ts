import type { FieldValues, Resolver } from 'react-hook-form';
import type { ZodType } from 'zod';

/**
 * A resolver that fetches the validator when a form first needs it. Zod weighs twice as much as the form library, and
 * nobody should wait for it before they can read a page or type into a field. `prepare` turns the fields into what the
 * schema describes, where the two differ. `warmUp` fetches ahead, when somebody begins to type.
 */
export function lazyResolver<Input extends FieldValues, Output>(
  loadSchema: () => Promise<ZodType<Output, FieldValues>>,
  prepare: (values: Input) => FieldValues = (values) => values,
): Resolver<Input, unknown, Output> & { warmUp: () => void } {
  const load = () => Promise.all([import('@hookform/resolvers/zod'), loadSchema()]).catch(() => null);
  const resolver: Resolver<Input, unknown, Output> = async (values, context, options) => {
    // As it was sent: the form goes on in the same object, where one field may change while the validator is fetched.
    const prepared = { ...prepare(values) } as Input;
    const loaded = await load();
    if (!loaded) {
      // No connection: the server checks everything again anyway, and the attempt itself says what is wrong.
      return { values: prepared as unknown as Output & FieldValues, errors: {} };
    }
    const [{ zodResolver }, schema] = loaded;
    return zodResolver<Input, unknown, Output>(schema as ZodType<Output, Input>)(prepared, context, options);
  };
  return Object.assign(resolver, { warmUp: () => void load() });
}
