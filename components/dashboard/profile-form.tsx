'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useRef, useState, type ReactNode } from 'react';
import { lazyResolver } from '@/components/forms/lazy-resolver';
import { useHydrated } from '@/components/forms/use-hydrated';
import { useProfileForm } from '@/components/forms/use-profile-form';
import { useUnsavedWarning } from '@/components/forms/use-unsaved-warning';
import { Button } from '@/components/ui/button';
import { Field, TextField } from '@/components/ui/field';
import { describedBy } from '@/components/ui/field-error';
import { Notice } from '@/components/ui/notice';
import { textLink } from '@/components/ui/text-link';
import type { UserView } from '@/lib/users/user-view';
import { changesOf, fieldsAfterSaving, type ProfileFields, profileFields } from './profile-fields';
import { TimeZoneOptions } from './time-zone-options';

type ProfileFormProps = {
  user: UserView;
  phone: string;
  languages: { value: string; name: string }[];
  bioCharacters: number;
};

export function ProfileForm({ user, phone, languages, bioCharacters }: ProfileFormProps) {
  const router = useRouter();
  const hydrated = useHydrated();
  const [saved, setSaved] = useState(profileFields(user));
  const [done, setDone] = useState<string>();
  const resolver = lazyResolver<ProfileFields, Partial<UserView>>(
    () => import('@/lib/users/profile-schema').then((module) => module.profileSchema),
    (fields) => changesOf(fields, saved),
  );
  const sent = useRef(saved);
  const { register, submit, reset, getValues, setValue, watch, formState } = useProfileForm({
    resolver,
    values: saved,
    onSaved(next) {
      const fields = profileFields(next);
      const typed = { ...getValues() };
      setSaved(fields);
      // The values stay and are set one by one: a field that is given back what it holds keeps its caret.
      reset(fields, { keepValues: true });
      for (const [name, value] of fieldsAfterSaving(fields, sent.current, typed)) {
        setValue(name, value, { shouldDirty: true });
      }
      setDone('Your changes are saved.');
      router.refresh();
    },
  });
  const { errors, isDirty, isSubmitting } = formState;
  useUnsavedWarning(isDirty);
  const bioLeft = bioCharacters - [...(watch('bio') ?? '')].length;

  const send = () => {
    if (isSubmitting) {
      return;
    }
    setDone(undefined);
    if (isDirty) {
      sent.current = { ...getValues() };
      void submit();
    } else {
      setDone('Everything is saved already.');
    }
  };

  return (
    <form
      method="post"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Section title="Name and contact">
        <div className="grid gap-5 sm:grid-cols-2 sm:gap-4">
          <TextField
            id="first_name"
            label="First name"
            autoComplete="given-name"
            error={errors.first_name?.message}
            {...register('first_name')}
          />
          <TextField
            id="last_name"
            label="Last name"
            autoComplete="family-name"
            error={errors.last_name?.message}
            {...register('last_name')}
          />
        </div>
        <TextField
          id="email"
          type="email"
          label="Email"
          autoComplete="email"
          error={errors.email?.message}
          {...register('email')}
        />
        <TextField
          id="phone"
          label="Phone"
          value={phone}
          readOnly
          disabled
          hint={
            <>
              This is the number you sign in with.{' '}
              <Link href="/dashboard/security" prefetch={false} className={textLink}>
                Change number
              </Link>
            </>
          }
          className="tabular-nums"
        />
      </Section>
      <Section title="About you">
        <Field
          id="bio"
          label="Bio"
          error={errors.bio?.message}
          aside={
            <span className={`tabular-nums ${bioLeft < 0 ? 'text-danger' : 'text-ink-soft'}`}>{bioLeft} left</span>
          }
        >
          <textarea
            id="bio"
            rows={4}
            className="control resize-y"
            aria-invalid={errors.bio ? true : undefined}
            aria-describedby={describedBy({ id: 'bio', error: errors.bio?.message })}
            {...register('bio')}
          />
        </Field>
        <div className="grid gap-5 sm:grid-cols-2 sm:gap-4">
          <TextField
            id="location"
            label="Location"
            optional
            autoComplete="address-level2"
            error={errors.location?.message}
            {...register('location')}
          />
          <TextField
            id="birth_date"
            type="date"
            label="Birthday"
            optional
            autoComplete="bday"
            min="1900-01-01"
            error={errors.birth_date?.message}
            {...register('birth_date')}
          />
        </div>
      </Section>
      <Section title="Language and time">
        <div className="grid gap-5 sm:grid-cols-2 sm:gap-4">
          <Field id="locale" label="Language" error={errors.locale?.message}>
            <select id="locale" className="control select-arrow" {...register('locale')}>
              {languages.map(({ value, name }) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
          <Field id="time_zone" label="Time zone" error={errors.time_zone?.message}>
            <select id="time_zone" className="control select-arrow" {...register('time_zone')}>
              <TimeZoneOptions current={saved.time_zone} />
            </select>
          </Field>
        </div>
      </Section>
      <div className="sticky bottom-0 -mx-5 mt-10 flex flex-wrap items-center gap-x-6 gap-y-3 border-t border-line bg-paper px-5 py-4 sm:mx-0 sm:px-0">
        <Button type="submit" pending={isSubmitting} disabled={!hydrated} className="max-sm:w-full">
          Save changes
        </Button>
        <div className="min-w-0 flex-1 max-sm:order-first max-sm:basis-full max-sm:empty:hidden">
          <Notice kind="positive">{isDirty ? undefined : done}</Notice>
          <Notice kind="danger">{errors.root?.message}</Notice>
          {isDirty && !isSubmitting && !errors.root && (
            <p className="text-sm text-ink-soft">You have unsaved changes.</p>
          )}
        </div>
      </div>
    </form>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-x-16 gap-y-6 border-t border-line py-10 md:grid-cols-[14rem_1fr]">
      <h2 className="text-base">{title}</h2>
      <div className="grid min-w-0 gap-5">{children}</div>
    </section>
  );
}
