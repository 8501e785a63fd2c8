'use client';

import { type ReactNode, useEffect, useState } from 'react';

/**
 * What a parameter of the address brought along to be said, if anything. It stands for as long as the page stays, and the
 * parameters are taken out of the address, so that neither a reload nor a bookmark says it again.
 */
export function SaidOnce({ params, children }: { params: readonly string[]; children: ReactNode }) {
  const [said, setSaid] = useState(children);
  // The page may be read again at the shorter address, which then has nothing to say.
  if (children && children !== said) {
    setSaid(children);
  }
  useEffect(() => {
    const url = new URL(window.location.href);
    const before = url.search;
    params.forEach((name) => url.searchParams.delete(name));
    // Next hears of a new address only after the first effects of a page; unheard, it would put the old one back.
    const timer = setTimeout(() => before === url.search || window.history.replaceState(null, '', url));
    return () => clearTimeout(timer);
  }, [params, children]);
  return said;
}
