'use client';

import { useRouter } from 'next/navigation';
import { sendJson } from '@/components/forms/send-json';
import { Banner } from '@/components/ui/banner';
import { Clock } from '@/components/ui/more-icons';

/** A change of number that waits, in words for the person. */
export type WaitingRow = { phone: string; requested: string; effective: string };

/** Tells of a change of number that waits, for as long as it does, and takes it back. */
export function WaitingChange({ waiting }: { waiting: WaitingRow }) {
  const router = useRouter();

  const cancel = async () => {
    const answer = await sendJson({ method: 'DELETE', path: '/api/me/phone' });
    if (!answer.ok && answer.problem.code !== 'not_found') {
      return answer.problem.message;
    }
    router.refresh();
  };

  return (
    <Banner
      label="Change of number"
      icon={<Clock />}
      messages={[
        {
          title: (
            <>
              Your number changes to <span className="whitespace-nowrap tabular-nums">{waiting.phone}</span> on{' '}
              {waiting.effective}
            </>
          ),
          text: `Asked for on ${waiting.requested}, without the old number. All devices are signed out then. If it wasn’t you, cancel it and sign out the devices you don’t know.`,
        },
      ]}
      actions={[{ label: 'Cancel the change', look: 'danger', run: cancel }]}
    />
  );
}
