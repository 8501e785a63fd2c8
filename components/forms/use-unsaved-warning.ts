import { useEffect } from 'react';

const QUESTION = 'Leave without saving your changes?';

type Navigate = Event & { navigationType: string };

/** Asks before changes are lost: on closing or reloading, on following a link, and on going back. */
export function useUnsavedWarning(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) {
      return;
    }
    const watching = new AbortController();
    const { signal } = watching;
    const stay = (event: Event) => {
      if (!window.confirm(QUESTION)) {
        event.preventDefault();
        event.stopPropagation();
      } else {
        watching.abort();
      }
    };
    window.addEventListener('beforeunload', (event) => event.preventDefault(), { signal });
    // Before the router sees the click: its own navigation does not unload the page.
    const onClick = (event: MouseEvent) =>
      event.target instanceof Element && event.target.closest('a[href]') && stay(event);
    document.addEventListener('click', onClick, { signal, capture: true });
    const onNavigate = (event: Event) =>
      event.cancelable && (event as Navigate).navigationType === 'traverse' && stay(event);
    if ('navigation' in window && window.navigation instanceof EventTarget) {
      window.navigation.addEventListener('navigate', onNavigate, { signal });
    }
    return () => watching.abort();
  }, [unsaved]);
}
