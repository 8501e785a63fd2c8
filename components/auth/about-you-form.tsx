'use client';

import { useEffect, useState } from 'react';
import { lazyResolver } from '@/components/forms/lazy-resolver';
import { useHydrated } from '@/components/forms/use-hydrated';
import { useProfileForm } from '@/components/forms/use-profile-form';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';

type AboutYou = { first_name: string; last_name: string; email: string };

const resolver = lazyResolver<AboutYou, AboutYou>(() =>
  import('@/lib/users/profile-schema').then((module) => module.aboutYouSchema),
);

export function AboutYouForm({ known }: { known: Partial<AboutYou> }) {
  const hydrated = useHydrated();
  const [moving, setMoving] = useState(false);
  const { register, submit, setFocus, formState } = useProfileForm({
    resolver,
    // A full load: the dashboard then starts from the server with the new name, and "back" does not return here.
    onSaved: () => {
      setMoving(true);
      window.location.replace('/dashboard');
    },
  });
  const pending = formState.isSubmitting || moving;
  const { first_name, last_name, email, root } = formState.errors;

  useEffect(() => setFocus('first_name'), [setFocus]);

  return (
    <form
      method="post"
      noValidate
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) {
          void submit();
        }
      }}
    >
      <div className="grid gap-5 sm:grid-cols-2 sm:gap-4">
        <TextField
          id="first_name"
          label="First name"
          autoComplete="given-name"
          aria-required
          defaultValue={known.first_name}
          error={first_name?.message}
          {...register('first_name')}
        />
        <TextField
          id="last_name"
          label="Last name"
          autoComplete="family-name"
          aria-required
          defaultValue={known.last_name}
          error={last_name?.message}
          {...register('last_name')}
        />
      </div>
      <TextField
        id="email"
        type="email"
        label="Email"
        autoComplete="email"
        aria-required
        defaultValue={known.email}
        error={email?.message}
        {...register('email')}
      />
      <Notice kind="danger">{root?.message}</Notice>
      <Button type="submit" pending={pending} disabled={!hydrated} className="w-full">
        Continue
      </Button>
      <noscript>
        <p className="text-sm text-ink-soft">
          This step needs JavaScript. Please switch it on and load the page again.
        </p>
      </noscript>
      <p role="status" className="sr-only">
        {pending && 'Saving'}
      </p>
    </form>
  );
}
