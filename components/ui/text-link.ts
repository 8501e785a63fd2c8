/** The look of a link inside text: large enough to touch, without pushing its line apart. */
export const textLink =
  '-my-3 inline-block rounded py-3 font-medium whitespace-nowrap text-accent-text underline decoration-accent-text/40 underline-offset-4 hover:decoration-accent-text';
