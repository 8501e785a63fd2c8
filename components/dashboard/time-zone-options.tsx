'use client';

import { useMemo } from 'react';
import { useHydrated } from '@/components/forms/use-hydrated';

/** The time zones this browser knows. There are four hundred, so they are not sent along with the page. */
export function TimeZoneOptions({ current }: { current: string }) {
  const hydrated = useHydrated();
  const zones = useMemo(() => {
    const known = hydrated ? Intl.supportedValuesOf('timeZone') : [];
    return [...new Set([current, 'UTC', ...known])].filter(Boolean).sort();
  }, [hydrated, current]);
  return zones.map((zone) => (
    <option key={zone} value={zone}>
      {zone.replaceAll('_', ' ')}
    </option>
  ));
}
