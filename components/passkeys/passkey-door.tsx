'use client';

import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import type { PasskeyLook } from './passkey-sign-in';

/**
 * Where people sign in with a passkey, once the page has loaded: what that needs weighs more than the page has left
 * (record 9), and so does each line here. Until then `children` hold its place.
 */
export function PasskeyDoor({ children, divided }: PasskeyLook & { children: ReactNode }) {
  const [Door, setDoor] = useState<ComponentType<PasskeyLook>>();
  useEffect(() => {
    const open = () =>
      import('./passkey-sign-in').then(
        (module) => setDoor(() => module.PasskeySignIn),
        () => {},
      );
    if (document.readyState === 'complete') {
      void open();
    } else {
      addEventListener('load', open, { once: true });
    }
  }, []);
  return Door ? <Door divided={divided} /> : children;
}
