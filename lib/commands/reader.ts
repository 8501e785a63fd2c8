/**
 * Tells whether nobody reads any more what the command says, as after `| head`: then the rest is said to nobody, where Node
 * would end the command with a stack trace in the middle of its work.
 */
export function watchReader(): { isGone(): boolean } {
  let gone = false;
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => (gone = true));
  return { isGone: () => gone };
}
