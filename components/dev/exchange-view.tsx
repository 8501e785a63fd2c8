import type { Exchange } from './call-api';

/** A call and what the server answered, announced when it comes. */
export function ExchangeView({ exchange }: { exchange?: Exchange }) {
  return (
    <div role="status">
      {exchange && (
        <figure className="overflow-hidden rounded border border-line">
          <figcaption className="flex flex-wrap justify-between gap-x-4 border-b border-line px-4 py-2 font-mono text-xs text-ink-soft">
            <span>{exchange.request}</span>
            <span className={exchange.ok ? 'text-accent-text' : 'text-danger'}>
              {exchange.status}, {exchange.milliseconds} ms
            </span>
          </figcaption>
          <pre tabIndex={0} aria-label="Answer" className="max-h-80 overflow-auto bg-sunken p-4 font-mono text-xs">
            {exchange.answer}
          </pre>
        </figure>
      )}
    </div>
  );
}
