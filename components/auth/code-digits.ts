// The digits typed so far, shared between the code field and the drawing of the key, which stands in the layout around
// it. They live in this page's memory only.

let digits = '';
const listeners = new Set<() => void>();

export const codeDigits = {
  get: () => digits,
  getOnServer: () => '',
  set(next: string) {
    if (next === digits) return;
    digits = next;
    listeners.forEach((listener) => listener());
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};
