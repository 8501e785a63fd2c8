import type { ComponentProps } from 'react';
import { Spinner } from './icons';

export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger';

const looks: Record<ButtonLook, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  secondary: 'border border-line-strong bg-surface text-ink hover:border-ink-soft hover:bg-sunken',
  quiet: 'text-ink-soft hover:bg-sunken hover:text-ink',
  danger: 'border border-danger/50 bg-surface text-danger hover:bg-danger-soft',
};

const sizes = { lg: 'h-12 px-5 text-base', md: 'h-11 px-4 text-sm' };

/** The classes of a button, for links that look like one. */
export function buttonClass(look: ButtonLook = 'primary', size: keyof typeof sizes = 'lg', extra = ''): string {
  return `relative inline-flex shrink-0 select-none items-center justify-center gap-2 rounded font-medium whitespace-nowrap transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-60 aria-busy:cursor-progress ${sizes[size]} ${looks[look]} ${extra}`;
}

type ButtonProps = ComponentProps<'button'> & { look?: ButtonLook; size?: keyof typeof sizes; pending?: boolean };

/**
 * While `pending` the button keeps its width, its name and the focus; a disabled button would lose the focus and with it
 * the place of a keyboard or screen-reader user. The form's own guard ignores further presses.
 */
export function Button({ look, size, pending = false, className = '', children, type, ...rest }: ButtonProps) {
  return (
    <button type={type ?? 'button'} aria-busy={pending} className={buttonClass(look, size, className)} {...rest}>
      <span className={`inline-flex items-center gap-2 transition-opacity duration-100 ${pending ? 'opacity-0' : ''}`}>
        {children}
      </span>
      {pending && (
        <span className="absolute inset-0 grid place-items-center">
          <Spinner />
        </span>
      )}
    </button>
  );
}
