'use client';

import {
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';
import { Check } from '@/components/ui/icons';
import { Close, Search } from '@/components/ui/more-icons';
import { type Country, listCountries, searchCountries } from './countries';
import { Flag } from './flag';
import { usePlaceUnder } from './use-place-under';

type CountryPickerProps = {
  anchor: HTMLElement;
  selected: string;
  allowed: readonly string[] | undefined;
  initialQuery: string;
  onPick: (country: Country) => void;
  onClose: () => void;
};

/**
 * The list of countries: a sheet on phones, a panel under the field elsewhere. A native modal dialog keeps the focus
 * inside and closes on Escape; the search box drives the list (WAI-ARIA combobox with a list box).
 */
export function CountryPicker({ anchor, selected, allowed, initialQuery, onPick, onClose }: CountryPickerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState(initialQuery);
  const all = useMemo(() => listCountries(allowed), [allowed]);
  const found = useMemo(() => searchCountries(all, query), [all, query]);
  const [active, setActive] = useState(() =>
    initialQuery
      ? 0
      : Math.max(
          0,
          found.findIndex((c) => c.iso === selected),
        ),
  );
  const id = useId();
  const place = usePlaceUnder(anchor);

  // Before the list scrolls to its active row, which needs a layout.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element && !element.open) {
      element.showModal();
    }
  }, []);

  const moveTo = (index: number) => setActive(Math.min(Math.max(index, 0), found.length - 1));
  const choose = (country: Country | undefined) => {
    if (country) {
      // First out of the way: while it is open, nothing behind it can take the focus.
      dismiss();
      onPick(country);
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + 8,
      PageUp: active - 8,
      Home: 0,
      End: found.length - 1,
    };
    const target = moves[event.key];
    if (target === undefined && event.key !== 'Enter') {
      return;
    }
    event.preventDefault();
    if (target === undefined) {
      choose(found[active]);
    } else {
      moveTo(target);
    }
  };

  const dismiss = () => dialog.current?.close();
  const onBackdrop = (event: MouseEvent) => event.target === dialog.current && dismiss();

  return (
    <dialog
      ref={dialog}
      aria-label="Choose a country"
      onClose={onClose}
      onMouseDown={onBackdrop}
      style={place}
      className="m-0 hidden h-dvh max-h-none w-full max-w-none flex-col bg-surface backdrop:bg-transparent open:flex motion-safe:animate-appear sm:absolute sm:right-auto sm:bottom-auto sm:h-auto sm:max-h-(--place-height) sm:w-(--place-width) sm:rounded-md sm:border sm:border-line sm:shadow-[0_12px_32px_-12px_rgb(0_0_0/0.28)] max-sm:!inset-0"
    >
      <div className="flex items-center gap-2 border-b border-line px-4 focus-within:border-accent-text">
        <Search className="size-4 text-ink-soft" />
        <input
          type="text"
          role="combobox"
          aria-label="Search countries"
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={`${id}-list`}
          aria-activedescendant={found[active] && `${id}-${found[active].iso}`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          enterKeyHint="done"
          placeholder="Country, code or +44"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          className="h-14 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-ink-soft sm:h-12"
        />
        <button
          type="button"
          aria-label="Close"
          onClick={dismiss}
          className="-mr-2 grid size-11 place-items-center rounded text-ink-soft hover:text-ink"
        >
          <Close />
        </button>
      </div>
      <CountryList id={id} countries={found} active={active} selected={selected} onPick={choose} onHover={setActive} />
      <p role="status" className={found.length ? 'sr-only' : 'px-4 py-6 text-sm text-ink-soft'}>
        {found.length
          ? query && `${found.length} found`
          : `No country matches “${query}”. Try a calling code such as +44.`}
      </p>
    </dialog>
  );
}

type CountryListProps = {
  id: string;
  countries: readonly Country[];
  active: number;
  selected: string;
  onPick: (country: Country) => void;
  onHover: (index: number) => void;
};

function CountryList({ id, countries, active, selected, onPick, onHover }: CountryListProps) {
  const list = useRef<HTMLUListElement>(null);
  const opened = useRef(false);
  useEffect(() => {
    const show = () => {
      list.current?.children[active]?.scrollIntoView({ block: opened.current ? 'nearest' : 'center' });
      opened.current = true;
    };
    if (opened.current) {
      show();
      return;
    }
    // The panel finds its height in the same moment; before that there is nothing to scroll.
    const frame = requestAnimationFrame(show);
    return () => cancelAnimationFrame(frame);
  }, [active, countries]);

  return (
    <ul
      ref={list}
      id={`${id}-list`}
      role="listbox"
      aria-label="Countries"
      hidden={countries.length === 0}
      className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-1.5"
    >
      {countries.map((country, index) => (
        <li
          key={country.iso}
          id={`${id}-${country.iso}`}
          role="option"
          aria-selected={country.iso === selected}
          onClick={() => onPick(country)}
          onMouseMove={() => index !== active && onHover(index)}
          className={`flex min-h-11 cursor-pointer scroll-my-1.5 items-center gap-3 rounded-sm px-2.5 py-2 ${index === active ? 'bg-sunken' : ''}`}
        >
          <Flag iso={country.iso} lazy />
          <span className="min-w-0 flex-1 truncate">{country.name}</span>
          {country.iso === selected && <Check className="size-4 text-accent-text" />}
          <span className="text-sm text-ink-soft tabular-nums">+{country.callingCode}</span>
        </li>
      ))}
    </ul>
  );
}
