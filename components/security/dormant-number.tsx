'use client';

import { useRouter } from 'next/navigation';
import { Banner } from '@/components/ui/banner';
import { Phone } from '@/components/ui/more-icons';
import { useStepUp } from './step-up';

/** Tells somebody who came by another way that their number no longer signs them in, until they confirm it. */
export function DormantNumber({ phone }: { phone: string }) {
  const router = useRouter();
  const stepUp = useStepUp();

  const confirm = async () => {
    if (await stepUp.confirmNumber()) {
      router.refresh();
    }
    return undefined;
  };

  return (
    <Banner
      label="Unconfirmed number"
      icon={<Phone />}
      messages={[
        {
          title: (
            <>
              Is <span className="whitespace-nowrap tabular-nums">{phone}</span> still yours?
            </>
          ),
          text: 'You haven’t confirmed it for so long that it could be somebody else’s by now, so it doesn’t sign you in. Confirm it with a code, or change it under Security.',
        },
      ]}
      actions={[{ label: 'Confirm number', look: 'secondary', opensDialog: true, run: confirm }]}
    />
  );
}
