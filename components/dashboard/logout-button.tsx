'use client';

import { useState } from 'react';
import { sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { confirmLeaving, stopAsking } from '@/components/forms/use-unsaved-warning';
import { Button } from '@/components/ui/button';

export function LogoutButton() {
  const hydrated = useHydrated();
  const [pending, setPending] = useState(false);
  const [failed, setFailed] = useState<string>();

  const logout = async () => {
    // Afterwards it would be too late: the session is over, whatever they answer.
    if (pending || !confirmLeaving()) {
      return;
    }
    setPending(true);
    const answer = await sendJson({ method: 'POST', path: '/api/auth/logout', json: {} });
    // Already signed out elsewhere is as good as signed out here.
    if (answer.ok || answer.problem.code === 'unauthenticated' || answer.problem.code === 'token_revoked') {
      stopAsking();
      // A full load that takes this page's place: neither memory nor "back" keeps anything of the person.
      window.location.replace('/auth');
      return;
    }
    setFailed(answer.problem.message);
    setPending(false);
  };

  return (
    <div className="relative">
      <Button look="secondary" size="md" pending={pending} disabled={!hydrated} onClick={() => void logout()}>
        Logout
      </Button>
      <div role="alert" className="absolute top-full right-0 z-10 w-64 text-right text-sm text-danger">
        {failed && <p className="mt-2">{failed}</p>}
      </div>
    </div>
  );
}
