'use client';

import { startTransition, useActionState, useEffect, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';

export type LookUpProblem = { error: string } | null;

type LookUpFormProps = {
  lookUp: (previous: LookUpProblem, form: FormData) => Promise<LookUpProblem>;
  /** The country of numbers without a country code. */
  country: string;
};

/** Takes a number in any form. Sent by script, so that what was typed stays to be corrected; without one it works as well. */
export function LookUpForm({ lookUp, country }: LookUpFormProps) {
  const [problem, post, pending] = useActionState(lookUp, null);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLInputElement>('[name=phone]')?.focus();
  }, [problem]);

  return (
    <form
      ref={form}
      action={post}
      onSubmit={(event) => {
        event.preventDefault();
        if (pending) return;
        const sent = new FormData(event.currentTarget);
        startTransition(() => post(sent));
      }}
      className="flex max-w-110 flex-wrap items-start gap-3"
    >
      <div className="min-w-0 flex-1 basis-56">
        <TextField
          id="phone"
          name="phone"
          type="tel"
          label="Phone"
          hint={`In any form; without + it is read as one of ${country}.`}
          autoComplete="off"
          required
          maxLength={64}
          error={pending ? undefined : problem?.error}
        />
      </div>
      <Button type="submit" size="lg" pending={pending} className="mt-7 max-sm:mt-0 max-sm:w-full">
        Look up
      </Button>
    </form>
  );
}
