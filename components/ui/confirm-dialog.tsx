'use client';

import type { ReactNode } from 'react';
import { Button } from './button';
import { Dialog, useCloseDialog } from './dialog';

type Confirming = { action: string; onConfirm: () => void };
type ConfirmDialogProps = Confirming & { title: string; text: ReactNode; onClose: () => void };

/** A question before something is lost. */
export function ConfirmDialog({ title, text, onClose, ...confirming }: ConfirmDialogProps) {
  return (
    <Dialog title={title} text={text} onClose={onClose}>
      <Answers {...confirming} />
    </Dialog>
  );
}

function Answers({ action, onConfirm }: Confirming) {
  const close = useCloseDialog();
  // Closed first, so that the focus goes back to the button that asked.
  const confirm = () => {
    close();
    onConfirm();
  };
  return (
    <div className="mt-6 flex justify-end gap-3">
      <Button look="secondary" size="md" onClick={close}>
        Cancel
      </Button>
      <Button look="danger" size="md" onClick={confirm}>
        {action}
      </Button>
    </div>
  );
}
