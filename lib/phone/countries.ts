import { type CountryCode, getCountries, getCountryCallingCode } from 'libphonenumber-js/max';

export type Country = { iso: CountryCode; callingCode: string };

/** The countries a code may be sent to, with their calling codes, for the picker. */
export function countriesToPick(allowed: readonly CountryCode[] | undefined): Country[] {
  return getCountries()
    .filter((iso) => !allowed || allowed.includes(iso))
    .map((iso) => ({ iso, callingCode: getCountryCallingCode(iso) }));
}
