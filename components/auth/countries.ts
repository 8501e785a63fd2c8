import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';

export type Country = { iso: string; name: string; callingCode: string };

/** Names people use that are not the official one. */
const alsoKnownAs: Partial<Record<CountryCode, string>> = {
  AE: 'UAE Emirates',
  CD: 'DR Congo Zaire',
  CI: 'Ivory Coast',
  CZ: 'Czech Republic',
  GB: 'UK England Scotland Wales Britain',
  KR: 'Korea',
  MM: 'Burma',
  NL: 'Holland',
  SZ: 'Swaziland',
  TR: 'Turkey',
  US: 'USA America',
  VA: 'Holy See',
};

const names = new Intl.DisplayNames(['en'], { type: 'region' });

export function countryOf(iso: CountryCode): Country {
  return { iso, name: names.of(iso) ?? iso, callingCode: getCountryCallingCode(iso) };
}

/** Where a phone field begins: the country of a number, else the default one, else the first that is allowed. */
export function startCountry(
  { DEFAULT_COUNTRY, ALLOWED_COUNTRIES: allowed }: { DEFAULT_COUNTRY: CountryCode; ALLOWED_COUNTRIES?: CountryCode[] },
  phone: string | null = null,
): Country {
  const own = phone ? parsePhoneNumberFromString(phone)?.country : undefined;
  const wanted = [own, DEFAULT_COUNTRY, ...(allowed ?? [])].find((iso) => iso && (!allowed || allowed.includes(iso)));
  return countryOf(wanted ?? DEFAULT_COUNTRY);
}

/** The countries one may choose, by name. An empty or missing list of allowed countries means all of them. */
export function listCountries(allowed?: readonly string[]): Country[] {
  return getCountries()
    .filter((iso) => !allowed?.length || allowed.includes(iso))
    .map(countryOf)
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

/** Countries that match by name, ISO code or calling code; the likeliest first, otherwise in the order given. */
export function searchCountries(countries: readonly Country[], query: string): Country[] {
  const wanted = plain(query);
  if (wanted === '') return [...countries];
  return countries
    .map((country) => ({ country, rank: rankOf(country, wanted) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .map(({ country }) => country);
}

function rankOf(country: Country, wanted: string): number {
  const digits = wanted.replace(/^(\+|00)\s*/, '').replace(/\s/g, '');
  if (/^\d+$/.test(digits)) return country.callingCode === digits ? 2 : Number(country.callingCode.startsWith(digits));
  const name = plain(country.name);
  const others = plain(alsoKnownAs[country.iso as CountryCode] ?? '');
  // "UK" is not how Ukraine is meant.
  if (country.iso.toLowerCase() === wanted || ` ${others} `.includes(` ${wanted} `)) return 4;
  if (name.startsWith(wanted)) return 3;
  if (` ${name} ${others}`.includes(` ${wanted}`)) return 2;
  return Number(name.includes(wanted));
}
