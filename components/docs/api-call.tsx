import type { ReactNode } from 'react';
import { ChevronDown } from '@/components/ui/icons';
import type { FieldRow, ReferenceBody, ReferenceCall } from '@/lib/openapi/reference';
import { TryCall } from './try-call';

const who: Record<ReferenceCall['auth'], string> = {
  none: 'Anyone',
  optional: 'Anyone; signed in or not',
  'signed-in': 'Signed in: bearer token, or the session cookie from our own pages',
  admin: 'Administrators',
  vendor: 'An SMS vendor’s server',
};

/** One call: a line that opens to everything there is to know of it. */
export function ApiCallView({ call }: { call: ReferenceCall }) {
  const { method, path, summary, request } = call;
  const words = [method, path, ...call.aliases, summary, ...call.refusals.map(({ code }) => code)]
    .join(' ')
    .toLowerCase();
  const isTryable = call.auth !== 'vendor' && (!request || request.mediaType === 'application/json');
  const example = request?.example ?? null;
  return (
    <details data-words={words} className="group border-b border-line">
      <summary className="grid list-none grid-cols-[1rem_3.25rem_1fr] items-baseline gap-x-3 rounded py-3.5 hover:bg-sunken sm:grid-cols-[1rem_3.25rem_1fr_auto] sm:px-3 [&::-webkit-details-marker]:hidden">
        <ChevronDown className="mt-0.5 size-4 -rotate-90 self-start text-ink-soft group-open:rotate-0 motion-safe:transition-transform" />
        <span className={`font-mono text-xs font-semibold ${method === 'DELETE' ? 'text-danger' : 'text-accent-text'}`}>
          {method}
        </span>
        <span className="font-mono text-sm break-all">{path}</span>
        <span className="col-start-3 text-sm text-ink-soft sm:col-start-auto sm:text-end">{summary}</span>
      </summary>
      <div id={call.id} className="grid scroll-mt-8 gap-8 pt-3 pb-10 sm:ps-26 sm:pe-3 *:min-w-0">
        <div className="grid gap-3">
          {call.description && <p className="max-w-150">{withCode(call.description)}</p>}
          <p className="text-sm text-ink-soft">
            {who[call.auth]}.{call.aliases.length > 0 && ` Also at ${call.aliases.join(', ')}.`}
          </p>
        </div>
        {call.limits.length > 0 && (
          <Part title="Limits">
            <ul className="grid list-disc gap-1.5 ps-5 text-sm">
              {call.limits.map((limit) => (
                <li key={limit}>{withCode(limit)}</li>
              ))}
            </ul>
          </Part>
        )}
        {request && (
          <Part title={request.optional ? 'Body, optional' : 'Body'}>
            <Body body={request} label={`Body of ${method} ${path}`} />
          </Part>
        )}
        {call.answers.map(({ status, description, body }) => (
          <Part key={status} title={`${status}  ${description}`}>
            {body && <Body body={body} label={`Answer ${status} of ${method} ${path}`} />}
          </Part>
        ))}
        <Part title="Refusals">
          {/* Classes stand on the list, not on each of the many lines that a page of all calls has. */}
          <dl className="grid gap-x-4 gap-y-2 text-sm text-ink-soft sm:grid-cols-[minmax(14rem,auto)_1fr] sm:*:col-span-2 sm:*:grid sm:*:grid-cols-subgrid [&_b]:font-normal [&_b]:text-ink [&_dt]:font-mono [&_dt]:text-xs [&_dt]:leading-5 [&_dt]:break-all">
            {call.refusals.map(({ status, code, message }) => (
              <div key={code}>
                <dt>
                  {`${status} `}
                  <b>{code}</b>
                </dt>
                <dd>{message}</dd>
              </div>
            ))}
          </dl>
        </Part>
        {isTryable && (
          <Part title="Try it">
            <TryCall
              id={call.id}
              method={method}
              path={path}
              auth={call.auth}
              parameters={call.parameters}
              example={example}
            />
          </Part>
        )}
      </div>
    </details>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-3 *:min-w-0">
      <h3 className="text-sm font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Body({ body, label }: { body: ReferenceBody; label: string }) {
  return (
    <div className="grid gap-4 *:min-w-0">
      <p className="font-mono text-xs text-ink-soft">{body.mediaType}</p>
      {body.fields.length > 0 && (
        <ul className="grid gap-2 text-sm text-ink-soft [&_b]:font-mono [&_b]:text-xs [&_b]:font-semibold [&_b]:break-all [&_b]:text-ink">
          {body.fields.map((field, at) => (
            <FieldLine key={`${at} ${field.name}`} field={field} />
          ))}
        </ul>
      )}
      {body.example && (
        <pre
          tabIndex={0}
          role="region"
          aria-label={`Example: ${label}`}
          className="max-h-96 overflow-auto rounded border border-line bg-sunken p-4 font-mono text-xs"
        >
          {body.example}
        </pre>
      )}
    </div>
  );
}

const indents = ['', 'ps-5', 'ps-10', 'ps-15'];

function FieldLine({ field: { name, type, required, text, depth } }: { field: FieldRow }) {
  return (
    <li className={indents[depth]}>
      <b>{name}</b>
      {` ${type}${required ? '' : ', optional'}`}
      {text && <span className="block">{withCode(text)}</span>}
    </li>
  );
}

/** `code` in a sentence as such. */
function withCode(text: string): ReactNode {
  return text.split('`').map((part, at) =>
    at % 2 === 1 ? (
      <code key={at} className="rounded-sm bg-sunken px-1 py-0.5 font-mono text-[0.9em]">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
