import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';

/** Who can deliver codes. `twilio-verify` makes and checks them itself. */
export const providerNames = ['inbox', 'twilio', 'twilio-verify', 'playmobile', 'bulksmsbd'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Who delivers where, first choice first; `elsewhere` is for every country that is not named. */
export type Routes = {
  countries: ReadonlyMap<CountryCode, readonly ProviderName[]>;
  elsewhere: readonly ProviderName[];
};

/** Providers that deliver in one country only. */
const soleCountry: Partial<Record<ProviderName, CountryCode>> = { playmobile: 'UZ', bulksmsbd: 'BD' };

/** Where `SMS_ROUTES` is not set, one provider has all countries. */
export const routesTo = (provider: ProviderName): Routes => ({ countries: new Map(), elsewhere: [provider] });

/** Whom to try for a country, in order; never empty. */
export function routeFor(routes: Routes, country: CountryCode): readonly ProviderName[] {
  return routes.countries.get(country) ?? routes.elsewhere;
}

/** Every provider that a message may be handed to, each once: those whose settings must be there. */
export function providersIn(routes: Routes): ProviderName[] {
  return [...new Set([...routes.countries.values(), routes.elsewhere].flat())];
}

export type ParsedRoutes = { ok: true; routes: Routes } | { ok: false; problems: string[] };

/**
 * Reads `UZ=playmobile,twilio;BD=bulksmsbd,twilio;*=twilio`. Spaces and the case of countries don't matter; everything else
 * that is wrong is told, all of it at once, each as the rest of a sentence that begins with the setting's name.
 */
export function parseSmsRoutes(text: string): ParsedRoutes {
  const problems: string[] = [];
  const found = new Map<string, ProviderName[]>();
  for (const [index, entry] of text.split(';').entries()) {
    const [place = '', list, ...more] = entry.split('=').map((part) => part.trim());
    const country = place.toUpperCase();
    if (list === undefined || more.length > 0) {
      problems.push(`has no country=provider,… in route ${index + 1}`);
      continue;
    }
    if (country !== '*' && !isSupportedCountry(country)) {
      problems.push(`names ${shown(place)} in route ${index + 1}, which is no ISO 3166 alpha-2 country code and not *`);
    }
    if (found.has(country)) {
      problems.push(`has two routes for ${shown(country)}`);
    }
    const providers = list.split(',').map((name) => name.trim());
    problems.push(...problemsOf(country, providers));
    found.set(country, providers.filter(isProviderName));
  }
  const elsewhere = found.get('*');
  if (!elsewhere) {
    problems.push('needs a route for * (every country that is not named)');
  }
  if (problems.length > 0 || !elsewhere) {
    return { ok: false, problems };
  }
  const countries = [...found].filter((route): route is [CountryCode, ProviderName[]] => route[0] !== '*');
  return { ok: true, routes: { countries: new Map(countries), elsewhere } };
}

function problemsOf(country: string, providers: string[]): string[] {
  const where = `for ${shown(country)}`;
  if (providers.every((name) => name === '')) {
    return [`names no provider ${where}`];
  }
  const problems: string[] = [];
  for (const [index, name] of providers.entries()) {
    if (!isProviderName(name)) {
      problems.push(`names ${shown(name)} ${where}, which is no provider: ${routable.join(', ')}`);
    } else if (providers.indexOf(name) !== index) {
      problems.push(`names ${name} twice ${where}`);
    } else if (name === 'inbox') {
      problems.push(`names inbox ${where}: the development inbox delivers to nobody, set SMS_PROVIDER=inbox for it`);
    } else if (isSupportedCountry(country) && (soleCountry[name] ?? country) !== country) {
      problems.push(`names ${name} ${where}, but it delivers in ${soleCountry[name]} only`);
    }
  }
  if (providers.includes('twilio-verify') && providers.length > 1) {
    // Verify keeps the code to itself, so nobody else could send the same one.
    problems.push(`names twilio-verify beside others ${where}: it makes its own codes, so it must stand alone`);
  }
  return problems;
}

const routable = providerNames.filter((name) => name !== 'inbox');

const isProviderName = (name: string): name is ProviderName => (providerNames as readonly string[]).includes(name);

/** A word as it stands, unless it is so long or odd that it may be a secret that was pasted into the wrong line. */
const shown = (word: string): string => {
  if (word === '') return 'nothing';
  return /^[\w*-]{1,20}$/.test(word) ? word : 'something';
};
