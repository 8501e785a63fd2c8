import type { ComponentProps } from 'react';
import { buttonClass, type ButtonLook, type ButtonSize } from './button-class';
import { Spinner } from './icons';

type ButtonProps = ComponentProps<'button'> & { look?: ButtonLook; size?: ButtonSize; pending?: boolean };

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
