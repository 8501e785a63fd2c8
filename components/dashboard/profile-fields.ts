import type { UserView } from '@/lib/users/user-view';

/** The profile as its form holds it: text everywhere, empty where the profile has nothing. */
export type ProfileFields = Record<(typeof names)[number], string>;

const names = ['first_name', 'last_name', 'email', 'bio', 'location', 'birth_date', 'locale', 'time_zone'] as const;

/** Fields that may be emptied again; the others only change. */
const clearable = new Set<string>(['bio', 'location', 'birth_date']);

export function profileFields(user: UserView): ProfileFields {
  return Object.fromEntries(names.map((name) => [name, user[name] ?? ''])) as ProfileFields;
}

/** What the form shows once `sent` is saved as `saved`: what was typed since stays. */
export function fieldsAfterSaving(saved: ProfileFields, sent: ProfileFields, typed: ProfileFields) {
  return names.map((name) => [name, typed[name] === sent[name] ? saved[name] : typed[name]] as const);
}

/** What differs from the saved profile, as `PATCH /api/me` takes it. Whatever nobody touched is not sent. */
export function changesOf(fields: ProfileFields, saved: ProfileFields): Record<string, string | null> {
  const changed = names.filter((name) => fields[name] !== saved[name]);
  return Object.fromEntries(
    changed.map((name) => [name, clearable.has(name) && fields[name].trim() === '' ? null : fields[name]]),
  );
}
