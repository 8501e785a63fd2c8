'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { doneWithOthers, signOutOthers, signOutOthersToo } from '@/components/security/sign-out-others';
import { useStepUp } from '@/components/security/step-up';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { FieldError } from '@/components/ui/field-error';
import { KeyIcon } from '@/components/ui/more-icons';
import { StatusLine } from '@/components/ui/status-line';
import { Tag } from '@/components/ui/tag';
import { RenamePasskey } from './rename-passkey';
import { knowsPasskeys, useAddPasskey } from './use-add-passkey';

/** A passkey in words (`passkeyRow` in `security-words.ts`). */
export type PasskeyRow = { id: string; name: string; synced: boolean; added: string; used: string };

/** `elsewhere`: the person is signed in on other devices, too. `nameCharacters`: how long a name may be. */
type PasskeysProps = { passkeys: PasskeyRow[]; elsewhere: boolean; nameCharacters: number };

/** One's passkeys, and the ways to add, name and remove them. */
export function Passkeys({ passkeys, elsewhere, nameCharacters }: PasskeysProps) {
  const router = useRouter();
  const hydrated = useHydrated();
  const stepUp = useStepUp();
  const [removing, setRemoving] = useState<PasskeyRow | null>(null);
  const [renaming, setRenaming] = useState<PasskeyRow | null>(null);
  /** The id of the passkey that is being removed; `new`: one is being added. */
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<string>();
  const [done, setDone] = useState('');

  const tell = (text: string) => {
    setError(undefined);
    setDone(text);
    router.refresh();
  };
  const addPasskey = useAddPasskey(stepUp, (name) => tell(`${name} is added. Next time, sign in with it.`));

  const add = async () => {
    if (busy) return;
    setBusy('new');
    setError(undefined);
    setDone('');
    setError(await addPasskey());
    setBusy(undefined);
  };

  const remove = async ({ id, name }: PasskeyRow, others: boolean) => {
    setBusy(id);
    setError(undefined);
    setDone('');
    const answer = await stepUp.run(() => sendJson({ method: 'DELETE', path: `/api/me/passkeys/${id}` }));
    // Removed meanwhile, in another tab: that is what was wanted.
    const removed = answer?.ok || answer?.problem.code === 'not_found';
    const ended = removed && others ? await signOutOthers(stepUp) : null;
    setBusy(undefined);
    if (removed) {
      tell(doneWithOthers(`${name} is removed here. Delete it on your device, too.`, others, ended));
    }
    const last = removed ? ended : answer;
    setError(last && !last.ok ? last.problem.message : undefined);
  };

  return (
    <>
      {passkeys.length > 0 && (
        <ul aria-label="Passkeys" className="-mt-4 mb-4 divide-y divide-line">
          {passkeys.map((passkey) => (
            <li key={passkey.id} className="flex flex-wrap items-center gap-x-4 gap-y-3 py-4">
              <KeyIcon className="size-6 text-ink-soft" />
              <div className="min-w-0 flex-1 basis-48">
                <p className="flex flex-wrap items-center gap-x-3 gap-y-1 font-medium wrap-anywhere">
                  {passkey.name}
                  <Tag>{passkey.synced ? 'Synced' : 'One device only'}</Tag>
                </p>
                <p className="mt-0.5 text-sm text-ink-soft">{passkey.added}</p>
                <p className="text-sm text-ink-soft">{passkey.used}</p>
              </div>
              <div className="flex gap-2 max-sm:ml-10">
                <Button
                  look="secondary"
                  size="md"
                  disabled={!hydrated}
                  aria-haspopup="dialog"
                  aria-label={`Rename ${passkey.name}`}
                  onClick={() => setRenaming(passkey)}
                >
                  Rename
                </Button>
                <Button
                  look="secondary"
                  size="md"
                  disabled={!hydrated}
                  pending={busy === passkey.id}
                  aria-haspopup="dialog"
                  aria-label={`Remove ${passkey.name}`}
                  onClick={() => busy || setRemoving(passkey)}
                >
                  Remove
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      <AddButton first={passkeys.length === 0} hydrated={hydrated} busy={busy === 'new'} onPress={() => void add()} />
      <FieldError id="passkeys" error={error} />
      <StatusLine>{done}</StatusLine>
      {renaming && (
        <RenamePasskey
          passkey={renaming}
          nameCharacters={nameCharacters}
          onClose={() => setRenaming(null)}
          onRenamed={(name) => tell(`Renamed to ${name}.`)}
        />
      )}
      {removing && (
        <ConfirmDialog
          title={`Remove ${removing.name}?`}
          text="It will no longer sign you in, but devices it signed in stay signed in. Your device keeps its part until you delete it there."
          action="Remove"
          more={elsewhere ? signOutOthersToo : undefined}
          onConfirm={(others) => void remove(removing, others)}
          onClose={() => setRemoving(null)}
        />
      )}
    </>
  );
}

type AddButtonProps = { first: boolean; hydrated: boolean; busy: boolean; onPress: () => void };

function AddButton({ first, hydrated, busy, onPress }: AddButtonProps) {
  if (hydrated && !knowsPasskeys()) {
    return (
      <p className="text-sm text-ink-soft">This browser knows no passkeys. Open this page in a newer one to add one.</p>
    );
  }
  return (
    <>
      {first && <p className="mb-4 text-sm text-ink-soft">You have none yet. It takes one touch or look.</p>}
      <Button look="secondary" size="md" disabled={!hydrated} pending={busy} onClick={onPress}>
        <KeyIcon />
        {first ? 'Add a passkey' : 'Add another passkey'}
      </Button>
    </>
  );
}
