'use client';

import { useEffect } from 'react';

/**
 * Where what was pressed goes away (a device that is signed out, a notice that was read), browsers let the focus fall to the
 * top of the page. This puts it on the heading of the part that it stood in instead: the keyboard goes on from there, and a
 * screen reader says where that is.
 */
export function FocusKeeper() {
  useEffect(() => {
    /** Who has the focus, everything around it, the page that it was on, and whether it could be seen, as with a keyboard. */
    let last: { around: Element[]; path: string; visible: boolean } | null = null;
    let frame = 0;
    const remember = ({ target }: FocusEvent) => {
      last =
        target instanceof Element
          ? { around: ancestors(target), path: location.pathname, visible: target.matches(':focus-visible') }
          : null;
    };
    const press = ({ target }: PointerEvent) => {
      // Clicked away from: they have left it themselves.
      if (!(target instanceof Node && last?.around[0]?.contains(target))) last = null;
    };
    const rescue = () => {
      // Another page begins at its own top, and the way back leads to where one was.
      if (last?.path !== location.pathname) last = null;
      if (!last || last.around[0]?.isConnected || document.activeElement !== document.body) return;
      const left = last.around.find((element) => element.isConnected && element.matches('section, main'));
      const heading = left?.querySelector<HTMLElement>('h1, h2, h3');
      heading?.setAttribute('tabindex', '-1');
      // Who points keeps what they look at.
      heading?.focus({ preventScroll: !last.visible });
    };
    // In the next frame: what moves the focus by itself has done so by then.
    const watcher = new MutationObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(rescue);
    });
    document.addEventListener('focusin', remember);
    document.addEventListener('pointerdown', press);
    watcher.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', remember);
      document.removeEventListener('pointerdown', press);
      watcher.disconnect();
      cancelAnimationFrame(frame);
    };
  }, []);
  return null;
}

function ancestors(element: Element): Element[] {
  return element.parentElement ? [element, ...ancestors(element.parentElement)] : [element];
}
