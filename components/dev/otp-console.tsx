'use client';

import { useState, type ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { callApi, type Exchange } from './call-api';
import { ExchangeView } from './exchange-view';
import { codeIn, readInbox } from './use-inbox';

const examples = [
  { country: 'India', phone: '+918123456789' },
  { country: 'Bangladesh', phone: '+8801812345678' },
  { country: 'Uzbekistan', phone: '+998912345678' },
  { country: 'USA', phone: '+12015550123' },
];

/** The four calls of a sign-in, one button each, with what the server answers. */
export function OtpConsole() {
  const [phone, setPhone] = useState('+918123456789');
  const [otp, setOtp] = useState('');
  const [access, setAccess] = useState<string>();
  const [note, setNote] = useState<string>();
  const [sent, setSent] = useState<Exchange>();
  const [verified, setVerified] = useState<Exchange>();
  const [me, setMe] = useState<Exchange>();

  const choose = (next: string) => {
    setPhone(next);
    setOtp('');
    setAccess(undefined);
    [setSent, setVerified, setMe].forEach((clear) => clear(undefined));
  };
  const send = async () => setSent(await callApi('POST', '/api/auth/send-otp', { json: { phone } }));
  const readCode = async () => {
    const newest = (await readInbox(phone))?.[0];
    const code = newest ? codeIn(newest.text) : null;
    setNote(code ? undefined : 'There is no message to this number yet.');
    setOtp(code ?? '');
  };
  const verify = async () => {
    const exchange = await callApi('POST', '/api/auth/verify-otp', { json: { phone, otp } });
    setVerified(exchange);
    setAccess(accessTokenOf(exchange));
  };
  const whoAmI = async () => setMe(await callApi('GET', '/api/me', { access }));

  return (
    <ol className="grid gap-10">
      <Step number={1} title="Send a code" exchange={sent}>
        <div role="group" aria-label="Example numbers" className="flex flex-wrap gap-2">
          {examples.map((example) => (
            <Button
              key={example.phone}
              look="secondary"
              size="md"
              aria-pressed={example.phone === phone}
              onClick={() => choose(example.phone)}
              className="aria-pressed:border-accent-text aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
            >
              {example.country}
            </Button>
          ))}
        </div>
        <Line>
          <TextField
            id="test_phone"
            type="tel"
            label="Phone"
            autoComplete="off"
            value={phone}
            onChange={(event) => choose(event.target.value)}
          />
          <Button onClick={() => void send()}>Send OTP</Button>
        </Line>
      </Step>
      <Step number={2} title="Verify it" exchange={verified}>
        <Line>
          <TextField
            id="test_otp"
            label="Code"
            inputMode="numeric"
            autoComplete="off"
            value={otp}
            error={note}
            onChange={(event) => setOtp(event.target.value)}
          />
          <Button look="secondary" onClick={() => void readCode()}>
            Read from inbox
          </Button>
          <Button onClick={() => void verify()}>Verify OTP</Button>
        </Line>
      </Step>
      <Step number={3} title="Ask who is signed in" exchange={me}>
        <div className="flex flex-wrap items-center gap-4">
          <Button onClick={() => void whoAmI()}>Call /api/me</Button>
          <p className="text-sm text-ink-soft">
            {access ? 'With the access token from step 2.' : 'Without a token: verify a code first.'}
          </p>
        </div>
      </Step>
    </ol>
  );
}

function Step({
  number,
  title,
  exchange,
  children,
}: {
  number: number;
  title: string;
  exchange?: Exchange;
  children: ReactNode;
}) {
  return (
    <li className="grid gap-5 border-t border-line pt-6">
      <h2 className="flex gap-3 text-base">
        <span className="text-ink-soft tabular-nums">{number}</span>
        {title}
      </h2>
      {children}
      <ExchangeView exchange={exchange} />
    </li>
  );
}

/** A field with its buttons: in a row where there is room, the buttons level with the field's box. */
function Line({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-start gap-3 *:first:min-w-56 *:first:flex-1 sm:*:not-first:mt-7">
      {children}
    </div>
  );
}

function accessTokenOf({ ok, body }: Exchange): string | undefined {
  const tokens = ok ? (body as { tokens?: { access?: string } } | null)?.tokens : undefined;
  return tokens?.access;
}
