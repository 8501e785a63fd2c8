'use client';

import { createContext, type ReactNode, useRef, useState } from 'react';
import { TextField } from '@/components/ui/field';

/** The access token that “Try it” sends. It lives in this page's memory and nowhere else. */
export const AccessToken = createContext('');

/** What works on all calls of the page: a search through them, and the token to try them with. */
export function ReferenceTools({ children }: { children: ReactNode }) {
  const [token, setToken] = useState('');
  const [found, setFound] = useState<number>();
  const list = useRef<HTMLDivElement>(null);

  const search = (text: string) => setFound(list.current ? showMatching(list.current, text) : undefined);
  return (
    <AccessToken value={token.trim()}>
      <div className="mb-10 grid gap-5 sm:grid-cols-2">
        <TextField
          id="reference_search"
          type="search"
          label="Search"
          placeholder="send-otp, sessions, invalid_code"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => search(event.target.value)}
        />
        <TextField
          id="reference_token"
          type="password"
          label="Access token"
          optional
          autoComplete="off"
          spellCheck={false}
          hint="For “Try it”. Kept in this page’s memory alone."
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
      </div>
      <div role="status">
        {found !== undefined && (
          <p className="mb-6 text-sm text-ink-soft">
            {found === 0 ? 'No call matches.' : `${found} ${found === 1 ? 'call matches' : 'calls match'}.`}
          </p>
        )}
      </div>
      <div ref={list}>{children}</div>
    </AccessToken>
  );
}

/** Hides what does not have all the words, and areas that are empty then. How many are left; undefined: no search. */
function showMatching(list: HTMLElement, text: string): number | undefined {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const area of list.querySelectorAll<HTMLElement>('[data-area]')) {
    const calls = [...area.querySelectorAll<HTMLElement>('[data-words]')];
    for (const call of calls) call.hidden = !words.every((word) => call.dataset.words?.includes(word));
    const shown = calls.filter((call) => !call.hidden).length;
    area.hidden = shown === 0;
    left += shown;
  }
  return words.length > 0 ? left : undefined;
}
