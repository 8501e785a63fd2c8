'use client';

import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import type { PasskeyLook } from './passkey-sign-in';

/**
 * Where people sign in with a passkey, once the page has loaded: what that needs weighs as much as half of the page's own
 * script. Until then `children` hold its place, and a browser that knows no passkeys takes it away.
 */
export function PasskeyDoor({ children, ...look }: PasskeyLook & { children: ReactNode }) {
  const [Door, setDoor] = useState<ComponentType<PasskeyLook> | null>();
  useEffect(() => {
    const open = () =>
      'PublicKeyCredential' in window
        ? void import('./passkey-sign-in').then(
            (module) => setDoor(() => module.PasskeySignIn),
            () => {},
          )
        : setDoor(null);
    if (document.readyState === 'complete') {
      open();
      return;
    }
    addEventListener('load', open);
    return () => removeEventListener('load', open);
  }, []);
  return Door === undefined ? children : Door && <Door {...look} />;
}
