import { type DefaultValues, type FieldValues, type Path, type Resolver, useForm } from 'react-hook-form';
import type { UserView } from '@/lib/users/user-view';
import { sendJson } from './send-json';

type ProfileFormOptions<Input extends FieldValues, Output> = {
  resolver: Resolver<Input, unknown, Output>;
  values?: DefaultValues<Input>;
  onSaved: (user: UserView) => void | Promise<void>;
};

/**
 * A form that changes the signed-in person's profile through `PATCH /api/me`. What the server finds wrong with a field
 * stands at that field, everything else at the form (`root`).
 */
export function useProfileForm<Input extends FieldValues, Output>({
  resolver,
  values,
  onSaved,
}: ProfileFormOptions<Input, Output>) {
  const form = useForm<Input, unknown, Output>({ resolver, defaultValues: values });

  const submit = form.handleSubmit(async (changes) => {
    const answer = await sendJson<UserView>({ method: 'PATCH', path: '/api/me', json: changes });
    if (answer.ok) {
      return onSaved(answer.value);
    }
    const known = (answer.problem.errors ?? []).filter(({ path }) => path in form.control._fields);
    known.forEach(({ path, message }, index) => {
      form.setError(path as Path<Input>, { message }, { shouldFocus: index === 0 });
    });
    if (known.length === 0) {
      form.setError('root', { message: answer.problem.message });
    }
  });

  return { ...form, submit };
}
