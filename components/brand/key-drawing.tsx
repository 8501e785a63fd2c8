import { cutDepth, cutPositions, keyOutline } from './key-geometry';

/** A key as a locksmith would draw it, with its cuts measured out. Decoration: nothing here is read aloud. */
export function KeyDrawing({ digits, className }: { digits: readonly (number | undefined)[]; className?: string }) {
  const positions = cutPositions(digits.length);
  return (
    <svg viewBox="0 0 240 640" fill="none" stroke="currentColor" aria-hidden="true" className={className}>
      <g strokeWidth="1" opacity="0.34">
        <path d="M120 4V236M12 120H228" strokeDasharray="2 5" />
        <path d="M106 262V614M115 262V615" />
        <path d={`M204 ${positions[0]}V${positions.at(-1)}`} />
        {positions.map((y, index) => (
          <path
            key={y}
            d={`M${152 - cutDepth(digits[index])} ${y}H208`}
            className="motion-safe:transition-[d] motion-safe:duration-150"
          />
        ))}
      </g>
      <circle cx="120" cy="72" r="24" strokeWidth="1.75" />
      <path
        d={keyOutline(digits)}
        strokeWidth="1.75"
        strokeLinejoin="round"
        className="motion-safe:transition-[d] motion-safe:duration-150"
      />
      <g stroke="none" fill="currentColor" fontSize="15" className="tabular-nums">
        {positions.map((y, index) => (
          <text key={y} x="218" y={y + 5} opacity={digits[index] === undefined ? 0.4 : 1}>
            {digits[index] ?? '–'}
          </text>
        ))}
      </g>
    </svg>
  );
}
