// The key of the drawings: a pin-tumbler key seen from the side, one cut for each digit of a code. All numbers are units
// of the drawing's 240 × 640 view box.

const EDGE = 148;
const FIRST_CUT = 304;
const LAST_CUT = 552;

/** Where the cut of each digit lies along the blade. */
export function cutPositions(count: number): number[] {
  const pitch = (LAST_CUT - FIRST_CUT) / Math.max(count - 1, 1);
  return Array.from({ length: count }, (_, index) => FIRST_CUT + index * pitch);
}

/** How far a digit cuts into the blade: deeper for a higher digit, as on a real key; nothing where no digit stands yet. */
export function cutDepth(digit: number | undefined): number {
  return digit === undefined ? 0 : 6 + digit * 2.6;
}

/**
 * The outline of the key. Every cut is drawn even where its depth is zero, so that two outlines always have the same
 * points and a browser can move between them.
 */
export function keyOutline(digits: readonly (number | undefined)[]): string {
  const positions = cutPositions(digits.length);
  const cuts = positions.map((y, index) => {
    const depth = cutDepth(digits[index]);
    const slope = depth * 0.5;
    const floor = EDGE - depth;
    return `L${EDGE} ${y - 8 - slope}L${floor} ${y - 8}L${floor} ${y + 8}L${EDGE} ${y + 8 + slope}`;
  });
  return `M84 209A96 96 0 1 1 156 209L156 232L164 238L164 254L${EDGE} 260${cuts.join('')}L${EDGE} 596L132 616L106 616L92 602L92 260L76 254L76 238L84 232Z`;
}
