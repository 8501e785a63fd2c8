'use client';

import { type FormEvent, useState } from 'react';
import { leaveIfSignedOut, sendJson } from '@/components/forms/send-json';
import { Button } from '@/components/ui/button';
import { Dialog, useCloseDialog } from '@/components/ui/dialog';
import { TextField } from '@/components/ui/field';

type Renaming = { passkey: { id: string; name: string }; nameCharacters: number; onRenamed: (name: string) => void };

/** Asks for another name. */
export function RenamePasskey({ onClose, ...renaming }: Renaming & { onClose: () => void }) {
  return (
    <Dialog title="Rename this passkey" text="A name by which you know where it is." onClose={onClose}>
      <NameForm {...renaming} />
    </Dialog>
  );
}

function NameForm({ passkey, nameCharacters, onRenamed }: Renaming) {
  const close = useCloseDialog();
  const [name, setName] = useState(passkey.name);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const wanted = name.trim();
    if (!wanted) {
      setError('Give it a name');
      return;
    }
    setBusy(true);
    const answer = await sendJson({ method: 'PATCH', path: `/api/me/passkeys/${passkey.id}`, json: { name: wanted } });
    setBusy(false);
    if (answer.ok) {
      onRenamed(wanted);
      close();
    } else {
      leaveIfSignedOut(answer.problem);
      setError(answer.problem.errors?.[0]?.message ?? answer.problem.message);
    }
  };

  return (
    <form noValidate onSubmit={(event) => void save(event)} className="mt-5">
      <TextField
        id="passkey-name"
        label="Name"
        value={name}
        maxLength={nameCharacters}
        autoComplete="off"
        error={error}
        onChange={(event) => setName(event.target.value)}
      />
      <div className="mt-6 flex justify-end gap-3">
        <Button look="secondary" size="md" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" size="md" pending={busy}>
          Save
        </Button>
      </div>
    </form>
  );
}
