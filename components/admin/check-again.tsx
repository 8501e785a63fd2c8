'use client';

import { useFormStatus } from 'react-dom';
import { Button } from '@/components/ui/button';

/** Asks the vendors again; what is known stays on the page until they have answered. */
export function CheckAgain({ checkAgain }: { checkAgain: (form: FormData) => Promise<void> }) {
  return (
    <form action={checkAgain}>
      <input type="hidden" name="again" value="yes" />
      <CheckAgainButton />
    </form>
  );
}

function CheckAgainButton() {
  const { pending } = useFormStatus();
  return (
    <>
      <Button type="submit" look="secondary" size="md" pending={pending}>
        Check again
      </Button>
      <span role="status" className="sr-only">
        {pending && 'Asking the vendors'}
      </span>
    </>
  );
}
