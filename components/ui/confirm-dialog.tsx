'use client';

import { type ReactNode, useState } from 'react';
import { Button } from './button';
import { Dialog, useCloseDialog } from './dialog';

type Confirming = {
  action: string;
  /** Something more that may be ticked to be done with it. */
  more?: string;
  onConfirm: (more: boolean) => void;
};
type ConfirmDialogProps = Confirming & { title: string; text: ReactNode; onClose: () => void };

/** A question before something is lost. */
export function ConfirmDialog({ title, text, onClose, ...confirming }: ConfirmDialogProps) {
  return (
    <Dialog title={title} text={text} onClose={onClose}>
      <Answers {...confirming} />
    </Dialog>
  );
}

function Answers({ action, more, onConfirm }: Confirming) {
  const close = useCloseDialog();
  const [ticked, setTicked] = useState(false);
  // Closed first, so that the focus goes back to the button that asked.
  const confirm = () => {
    close();
    onConfirm(ticked);
  };
  return (
    <>
      {more && (
        <label className="mt-4 -mb-1 flex min-h-11 items-center gap-3 text-sm">
          <input
            type="checkbox"
            className="size-5 shrink-0 accent-accent"
            checked={ticked}
            onChange={(event) => setTicked(event.target.checked)}
          />
          {more}
        </label>
      )}
      <div className="mt-6 flex justify-end gap-3">
        <Button look="secondary" size="md" onClick={close}>
          Cancel
        </Button>
        <Button look="danger" size="md" onClick={confirm}>
          {action}
        </Button>
      </div>
    </>
  );
}
