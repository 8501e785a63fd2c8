'use client';

import { useState } from 'react';
import type { Country } from '@/components/auth/countries';
import { Notice } from '@/components/ui/notice';
import { NumberSteps } from './number-steps';

/** The first number of an account that came without one. */
export function AddNumber(numbers: { country: Country; allowed: readonly string[] | undefined }) {
  const [done, setDone] = useState(false);
  if (done) {
    return <Notice kind="positive">Your number is confirmed.</Notice>;
  }
  return (
    <NumberSteps
      {...numbers}
      // A full load: the guards know what comes next, and "back" does not return here.
      onDone={() => {
        setDone(true);
        window.location.replace('/dashboard');
      }}
    />
  );
}
