import { useEffect } from 'react';

/** What the page would lose, while it would lose something. */
let unsaved: { question: string; watching: AbortController } | null = null;

/** False: there is something to lose, and they want to stay. For what leaves a page by other means than a link. */
export const confirmLeaving = (): boolean => !unsaved || window.confirm(unsaved.question);

/** From here on the page may go without a question. */
export const stopAsking = (): void => unsaved?.watching.abort();

type Navigate = Event & { navigationType: string };

/** Asks before something is lost: on closing or reloading, on following a link, and on going back. */
export function useUnsavedWarning(active: boolean, question = 'Leave without saving your changes?'): void {
  useEffect(() => {
    if (!active) {
      return;
    }
    const watching = new AbortController();
    const { signal } = watching;
    unsaved = { question, watching };
    signal.addEventListener('abort', () => (unsaved = null));
    const ask = (event: Event) => {
      if (confirmLeaving()) {
        stopAsking();
      } else {
        event.preventDefault();
        event.stopPropagation();
      }
    };
    window.addEventListener('beforeunload', (event) => event.preventDefault(), { signal });
    // Before the router sees the click: its own navigation does not unload the page.
    document.addEventListener('click', (event) => leadsAway(event) && ask(event), { signal, capture: true });
    const onNavigate = (event: Event) =>
      event.cancelable && (event as Navigate).navigationType === 'traverse' && ask(event);
    if ('navigation' in window && window.navigation instanceof EventTarget) {
      window.navigation.addEventListener('navigate', onNavigate, { signal });
    }
    return () => watching.abort();
  }, [active, question]);
}

/** A link is followed, and here: not in another tab or window, and not to save a file. */
function leadsAway(event: MouseEvent): boolean {
  const link = event.target instanceof Element && event.target.closest<HTMLAnchorElement>('a[href]');
  const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return link && !elsewhere ? !link.target && !link.hasAttribute('download') : false;
}
