const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** How long to wait, for people: `30 seconds`, `2 hours`, `30 days`. Rounded up, so that nobody comes back too early. */
export function waitInWords(seconds: number): string {
  const [unit, size] = units.find(([, length]) => seconds > length * 1.5) ?? units[3];
  const count = Math.max(1, Math.ceil(seconds / size));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
