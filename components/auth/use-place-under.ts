import { type CSSProperties, useLayoutEffect, useState } from 'react';

const GAP = 6;
const TALLEST = 400;
const LOWEST = 240;

/**
 * Where a panel goes that belongs under `anchor`: as wide as it, no taller than the room below, and above the anchor
 * when there is more room there. Positions are of the page, so that the panel scrolls with its field.
 */
export function usePlaceUnder(anchor: HTMLElement): CSSProperties {
  const [place, setPlace] = useState<CSSProperties>({});
  useLayoutEffect(() => {
    const measure = () => setPlace(placeUnder(anchor.getBoundingClientRect()));
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [anchor]);
  return place;
}

function placeUnder(box: DOMRect): CSSProperties {
  const below = window.innerHeight - box.bottom - 2 * GAP;
  const above = box.top - 2 * GAP;
  const upwards = below < LOWEST && above > below;
  const height = Math.min(TALLEST, upwards ? above : Math.max(below, LOWEST));
  const top = window.scrollY + (upwards ? box.top - GAP - height : box.bottom + GAP);
  const size = { '--place-width': `${box.width}px`, '--place-height': `${height}px` };
  return { top, left: window.scrollX + box.left, ...(upwards && { height }), ...size };
}
