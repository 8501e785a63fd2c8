import { useEffect, useState } from 'react';

export type Message = { id: string; to: string; text: string; sent_at: string };

const POLL_MS = 1500;

/** The development inbox, read again and again while the page can be seen. `messages` is null until the first answer. */
export function useInbox(): { messages: Message[] | null; live: boolean } {
  const [messages, setMessages] = useState<Message[] | null>(null);
  const [live, setLive] = useState(true);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let stopped = false;
    const read = async () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') {
        const answer = await readInbox();
        if (stopped) {
          return;
        }
        setLive(answer !== null);
        setMessages((known) => answer ?? known);
      }
      timer = setTimeout(() => void read(), POLL_MS);
    };
    const onVisibility = () => document.visibilityState === 'visible' && void read();
    void read();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, []);

  return { messages, live };
}

/** The messages, newest first; null when there is no answer. */
export async function readInbox(phone?: string): Promise<Message[] | null> {
  try {
    const response = await fetch(`/api/dev/inbox${phone ? `?phone=${encodeURIComponent(phone)}` : ''}`);
    return response.ok ? ((await response.json()) as { messages: Message[] }).messages : null;
  } catch {
    return null;
  }
}

/** The code in a message: its first run of four to ten digits. */
export function codeIn(text: string): string | null {
  // A call says it digit by digit.
  return /(?<!\d)(?:\d{4,10}|\d(?:, \d){3,9})(?!\d)/.exec(text)?.[0].replaceAll(', ', '') ?? null;
}
