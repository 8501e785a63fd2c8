'use client';

import { createContext, type ReactNode, useCallback, useContext, useEffect, useId, useRef } from 'react';

type DialogProps = {
  title: string;
  text?: ReactNode;
  /** After Escape or {@link useCloseDialog}; the focus is back where it was. */
  onClose: () => void;
  children: ReactNode;
};

const CloseContext = createContext(() => {});

/** What closes the dialog around a component. */
export const useCloseDialog = () => useContext(CloseContext);

/** A modal on the native element, which brings the focus trap, Escape and the inert page behind it. */
export function Dialog({ title, text, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const close = useCallback(() => dialog.current?.close(), []);
  useEffect(() => {
    if (!dialog.current?.open) {
      dialog.current?.showModal();
    }
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={`${id}-title`}
      aria-describedby={text ? `${id}-text` : undefined}
      onClose={onClose}
      className="m-auto w-[min(25rem,calc(100vw-2.5rem))] rounded-md border border-line bg-surface p-6 text-base text-ink backdrop:bg-[rgb(0_0_0/0.45)] motion-safe:animate-appear"
    >
      <h2 id={`${id}-title`} className="text-lg">
        {title}
      </h2>
      {text && (
        <div id={`${id}-text`} className="mt-2 text-sm text-ink-soft">
          {text}
        </div>
      )}
      <CloseContext value={close}>{children}</CloseContext>
    </dialog>
  );
}
