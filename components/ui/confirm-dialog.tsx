'use client';

import { useEffect, useId, useRef } from 'react';
import { Button } from './button';

type ConfirmDialogProps = { title: string; text: string; action: string; onConfirm: () => void; onClose: () => void };

/** A question before something is lost. The native dialog brings the focus trap and Escape. */
export function ConfirmDialog({ title, text, action, onConfirm, onClose }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (!dialog.current?.open) {
      dialog.current?.showModal();
    }
  }, []);
  // Closed first, so that the focus goes back to the button that asked.
  const confirm = () => {
    dialog.current?.close();
    onConfirm();
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      onClose={onClose}
      className="m-auto w-[min(24rem,calc(100vw-2.5rem))] rounded-md border border-line bg-surface p-6 backdrop:bg-[rgb(0_0_0/0.45)] motion-safe:animate-appear"
    >
      <h2 id={`${id}-title`} className="text-lg">
        {title}
      </h2>
      <p id={`${id}-text`} className="mt-2 text-sm text-ink-soft">
        {text}
      </p>
      <div className="mt-6 flex justify-end gap-3">
        <Button look="secondary" size="md" onClick={() => dialog.current?.close()}>
          Cancel
        </Button>
        <Button look="danger" size="md" onClick={confirm}>
          {action}
        </Button>
      </div>
    </dialog>
  );
}
