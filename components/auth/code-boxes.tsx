'use client';

import { useState, type ComponentProps } from 'react';

type CodeBoxesProps = ComponentProps<'input'> & {
  code: string;
  length: number;
  look: 'open' | 'wrong' | 'right' | 'off';
};

const boxLooks = {
  open: 'border-line-strong bg-surface',
  wrong: 'border-danger bg-surface',
  right: 'border-accent bg-accent-soft text-accent-text',
  off: 'border-line bg-sunken text-ink-soft',
};

/**
 * One real input, drawn as boxes. The input lies over the drawing with transparent text, so that typing, pasting,
 * autofill, password managers and screen readers all meet an ordinary text field. It stays transparent where the system chooses
 * the colours, which then draws the outline of the active box in one of them.
 */
export function CodeBoxes({ code, length, look, onFocus, onBlur, ...input }: CodeBoxesProps) {
  const [focused, setFocused] = useState(false);
  const active = focused && look !== 'off' ? Math.min(code.length, length - 1) : -1;
  // Six and eight digits are read in two halves; the gap between them says so.
  const half = length % 2 === 0 && length >= 6 ? length / 2 : -1;
  return (
    <div className={`relative ${look === 'wrong' ? 'motion-safe:animate-shake' : ''}`}>
      <div aria-hidden="true" className="flex gap-1.5 sm:gap-2">
        {Array.from({ length }, (_, index) => (
          <span
            key={index}
            className={`grid h-14 min-w-0 flex-1 place-items-center rounded border text-2xl font-medium tabular-nums transition-[border-color,background-color] duration-100 ${boxLooks[look]} ${index === half ? 'ml-2 sm:ml-3' : ''} ${index === active ? 'border-accent-text! shadow-[0_0_0_1px_var(--accent-text)] outline-2 outline-transparent' : ''} ${index < code.length && look === 'open' ? 'border-ink-soft' : ''}`}
          >
            {code[index] ?? (index === active && <span className="h-6 w-px animate-caret bg-ink" />)}
          </span>
        ))}
      </div>
      <input
        {...input}
        onFocus={(event) => {
          setFocused(true);
          // The drawn caret stands behind the last digit; so does the real one.
          event.target.setSelectionRange(event.target.value.length, event.target.value.length);
          onFocus?.(event);
        }}
        onBlur={(event) => {
          setFocused(false);
          onBlur?.(event);
        }}
        className="absolute inset-0 h-14 w-full cursor-text bg-transparent text-base text-transparent caret-transparent outline-none forced-color-adjust-none selection:bg-transparent read-only:cursor-default"
      />
    </div>
  );
}
