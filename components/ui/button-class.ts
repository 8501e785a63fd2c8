export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger';
export type ButtonSize = 'lg' | 'md';

/** The classes of a button (app/globals.css), for buttons and for links that look like one. */
export function buttonClass(look: ButtonLook = 'primary', size: ButtonSize = 'lg', extra = ''): string {
  return `button button-${look} button-${size} ${extra}`;
}
