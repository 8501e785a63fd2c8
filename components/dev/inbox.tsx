'use client';

import { useState } from 'react';
import { TextField } from '@/components/ui/field';
import { textLink } from '@/components/ui/text-link';
import { MessageBubble } from './message-bubble';
import { type Message, useInbox } from './use-inbox';

export function Inbox() {
  const { messages, live } = useInbox();
  const [filter, setFilter] = useState('');
  const wanted = filter.replace(/\D/g, '');
  const shown = messages?.filter(({ to }) => to.includes(wanted));

  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="w-full sm:w-72">
          <TextField
            id="filter"
            type="search"
            inputMode="tel"
            label="Filter by number"
            autoComplete="off"
            placeholder="+91 or last digits"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        </div>
        <LiveDot live={live} />
      </div>
      <div className="mt-10 grid gap-12">
        {!shown && <Waiting />}
        {shown?.length === 0 && <Empty filtered={messages?.length !== 0} />}
        {shown && byNumber(shown).map(([number, thread]) => <Thread key={number} number={number} messages={thread} />)}
      </div>
    </>
  );
}

/** Messages are newest first, and so are the threads they make. */
function byNumber(messages: readonly Message[]): [string, Message[]][] {
  const threads = new Map<string, Message[]>();
  for (const message of messages) {
    threads.set(message.to, [...(threads.get(message.to) ?? []), message]);
  }
  return [...threads];
}

function Thread({ number, messages }: { number: string; messages: readonly Message[] }) {
  return (
    <section aria-label={`Messages to ${number}`}>
      <div className="flex items-baseline justify-between gap-4 border-b border-line pb-3">
        <h2 className="text-base tabular-nums">{number}</h2>
        <p className="text-sm text-ink-soft">{messages.length === 1 ? '1 message' : `${messages.length} messages`}</p>
      </div>
      <ul className="mt-5 grid gap-5">
        {messages.map((message) => (
          <li key={message.id} className="motion-safe:animate-appear">
            <MessageBubble message={message} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function LiveDot({ live }: { live: boolean }) {
  return (
    <p role="status" className={`flex min-h-12 items-center gap-2 text-sm ${live ? 'text-ink-soft' : 'text-danger'}`}>
      <span className={`size-2 rounded-full ${live ? 'bg-accent-text motion-safe:animate-pulse' : 'bg-danger'}`} />
      {live ? 'Live' : 'No answer, trying again'}
    </p>
  );
}

function Waiting() {
  return (
    <div aria-hidden="true" className="motion-safe:animate-pulse">
      <div className="h-6 w-40 rounded bg-sunken" />
      <div className="mt-6 h-44 max-w-100 rounded-lg bg-sunken" />
    </div>
  );
}

function Empty({ filtered }: { filtered: boolean }) {
  return (
    <div className="max-w-100">
      <h2 className="text-lg">{filtered ? 'Nothing for this number' : 'No messages yet'}</h2>
      <p className="mt-1 text-ink-soft">
        {filtered
          ? 'Clear the filter to see every message.'
          : 'Ask for a code and it shows up here at once, as it would on a phone.'}
      </p>
      {!filtered && (
        <p className="mt-4">
          <a href="/auth" target="_blank" className={textLink}>
            Open the sign-in in a new tab
          </a>
        </p>
      )}
    </div>
  );
}
