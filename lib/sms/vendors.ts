import type { CountryCode } from 'libphonenumber-js/max';
import type { Database } from '../db/client';
import type { Env } from '../env';
import { inboxSender } from './inbox';
import { providersIn, routeFor } from './routes';
import type { CodeKeeper, SmsVendor } from './sender';
import { bulksmsbdVendor } from './vendors/bulksmsbd';
import { playmobileVendor } from './vendors/playmobile';

/** Everybody the settings name, ready to be asked, and who is asked for which country (ISO 3166 alpha-2). */
export type Vendors = {
  vendors: ReadonlyMap<string, SmsVendor>;
  keepers: ReadonlyMap<string, CodeKeeper>;
  /** Who carries messages of ours there, in order. */
  routeOf(country: string): readonly string[];
  /** Everybody on the route there, those that keep the codes as well. */
  askedIn(country: string): readonly string[];
  /** Who makes and keeps the codes there, or null: we do. */
  keeperOf(country: string): string | null;
};

/** Builds the vendors that the settings name. Twilio's library is big, so it is loaded only where Twilio is named. */
export async function createVendors(db: Database, env: Env): Promise<Vendors> {
  const vendors = new Map<string, SmsVendor>();
  const keepers = new Map<string, CodeKeeper>();
  for (const provider of providersIn(env.routes)) {
    switch (provider) {
      case 'inbox':
        vendors.set(provider, inboxSender(db));
        break;
      case 'twilio':
        vendors.set(provider, await twilio(env));
        break;
      case 'twilio-verify':
        keepers.set(provider, (await import('./vendors/twilio-verify')).twilioVerifyKeeper(env));
        if (env.TWILIO_PHONE_NUMBER || env.TWILIO_MESSAGING_SERVICE_SID) {
          vendors.set('twilio', await twilio(env));
        }
        break;
      case 'playmobile':
        vendors.set(provider, playmobileVendor(checked(env)));
        break;
      case 'bulksmsbd':
        vendors.set(provider, bulksmsbdVendor(checked(env)));
        break;
    }
  }
  const route = (country: string) => routeFor(env.routes, country as CountryCode);
  return {
    vendors,
    keepers,
    // Verify carries no text of ours: notices go over Twilio's other service where that has a sender, else nowhere.
    routeOf: (country) => route(country).map((name) => (name === 'twilio-verify' ? 'twilio' : name)),
    askedIn: route,
    keeperOf: (country) => route(country).find((name) => keepers.has(name)) ?? null,
  };
}

const twilio = async (env: Env): Promise<SmsVendor> => (await import('./vendors/twilio')).twilioVendor(env);

/** Start-up has refused settings that a named vendor misses (`vendor-settings.ts`). */
const checked = (env: Env) => env as { [Setting in keyof Env]-?: NonNullable<Env[Setting]> };
