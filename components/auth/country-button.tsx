'use client';

import { useRef, useState, type ComponentType, type KeyboardEvent, type RefObject } from 'react';
import { ChevronDown, Spinner } from '@/components/ui/icons';
import type { Country } from './countries';
import { Flag } from './flag';

const loadPicker = () => import('./country-picker');
type Picker = Awaited<ReturnType<typeof loadPicker>>['CountryPicker'];
type PickerProps = Picker extends ComponentType<infer Props> ? Props : never;

type CountryButtonProps = {
  frame: RefObject<HTMLElement | null>;
  country: Country;
  allowed: readonly string[] | undefined;
  onPick: (country: Country) => void;
};

/** Shows the chosen country; the list behind it, with its code, is fetched when somebody reaches for it. */
export function CountryButton({ frame, country, allowed, onPick }: CountryButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [picker, setPicker] = useState<{ Picker: ComponentType<PickerProps>; query: string } | null>(null);
  const [loading, setLoading] = useState(false);

  const open = async (query = '') => {
    setLoading(true);
    // Without a connection the button simply works again on the next press.
    const loaded = await loadPicker().catch(() => null);
    setLoading(false);
    if (loaded) {
      setPicker({ Picker: loaded.CountryPicker, query });
    }
  };

  const close = () => {
    setPicker(null);
    button.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const typed = /^[\p{L}\d+]$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (typed || event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      void open(typed ? event.key : '');
    }
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={picker !== null}
        aria-label={`Country: ${country.name}, +${country.callingCode}`}
        onClick={() => void open()}
        onKeyDown={onKeyDown}
        onPointerEnter={() => void loadPicker().catch(() => null)}
        onFocus={() => void loadPicker().catch(() => null)}
        className="flex h-11.5 shrink-0 items-center gap-2 rounded-l pr-2.5 pl-3.5 hover:bg-sunken"
      >
        <Flag iso={country.iso} />
        <span className="tabular-nums">+{country.callingCode}</span>
        {loading ? <Spinner className="size-4" /> : <ChevronDown className="size-4 text-ink-soft" />}
      </button>
      {picker && frame.current && (
        <picker.Picker
          anchor={frame.current}
          selected={country.iso}
          allowed={allowed}
          initialQuery={picker.query}
          onPick={(picked) => {
            setPicker(null);
            onPick(picked);
          }}
          onClose={close}
        />
      )}
    </>
  );
}
