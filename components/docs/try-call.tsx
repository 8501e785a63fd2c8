'use client';

import { type FormEvent, use, useState } from 'react';
import { callApi, type Exchange } from '@/components/dev/call-api';
import { ExchangeView } from '@/components/dev/exchange-view';
import { Button } from '@/components/ui/button';
import { Field, TextField } from '@/components/ui/field';
import type { ReferenceCall } from '@/lib/openapi/reference';
import { AccessToken } from './reference-tools';

type Props = Pick<ReferenceCall, 'id' | 'method' | 'path' | 'auth' | 'parameters'> & { example: string | null };

/** Makes the call from this page: with the pasted token, never with the session cookie. */
export function TryCall({ id, method, path, auth, parameters, example }: Props) {
  const access = use(AccessToken);
  const [values, setValues] = useState<Record<string, string>>({});
  const [body, setBody] = useState(example ?? '');
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [exchange, setExchange] = useState<Exchange>();
  const [pending, setPending] = useState(false);

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    const read = example === null ? { json: undefined } : readJson(body);
    const found = { ...pathFaults(parameters, values), ...(read ? {} : { body: 'This is not JSON.' }) };
    setFaults(found);
    if (!read || Object.keys(found).length > 0) return;
    setPending(true);
    setExchange(await callApi(method, addressOf(path, parameters, values), { ...read, access: access || undefined }));
    setPending(false);
  };
  const needsToken = (auth === 'signed-in' || auth === 'admin') && !access;
  return (
    <form onSubmit={(event) => void send(event)} className="grid gap-5" aria-label={`Try ${method} ${path}`}>
      {parameters.map(({ name, required }) => (
        <TextField
          key={name}
          id={`${id}-${name}`}
          label={name}
          optional={!required}
          required={required}
          error={faults[name]}
          autoComplete="off"
          value={values[name] ?? ''}
          onChange={(event) => setValues({ ...values, [name]: event.target.value })}
        />
      ))}
      {example !== null && (
        <Field id={`${id}-body`} label="Body" error={faults.body}>
          <textarea
            id={`${id}-body`}
            className="control min-h-32 py-3 font-mono text-xs"
            spellCheck={false}
            aria-invalid={faults.body ? true : undefined}
            aria-describedby={faults.body ? `${id}-body-error` : undefined}
            value={body}
            onChange={(event) => setBody(event.target.value)}
          />
        </Field>
      )}
      <div className="flex flex-wrap items-center gap-4">
        <Button type="submit" size="md" look="secondary" pending={pending}>
          Try it
        </Button>
        {needsToken && <p className="text-sm text-ink-soft">Needs an access token: paste one at the top.</p>}
      </div>
      <ExchangeView exchange={exchange} />
    </form>
  );
}

function readJson(text: string): { json: unknown } | null {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

/** The values that no encoding keeps in their place: a browser takes them for a way up, to another call. */
function pathFaults(parameters: Props['parameters'], values: Record<string, string>): Record<string, string> {
  const ways = parameters.filter(({ in: place, name }) => place === 'path' && /^\.\.?$/.test(values[name] ?? ''));
  return Object.fromEntries(ways.map(({ name }) => [name, 'Dots alone would lead to another address.']));
}

function addressOf(path: string, parameters: Props['parameters'], values: Record<string, string>): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  const asked = parameters.filter(({ in: place, name }) => place === 'query' && values[name]);
  const query = new URLSearchParams(asked.map(({ name }) => [name, values[name] ?? '']));
  return asked.length > 0 ? `${filled}?${query}` : filled;
}
