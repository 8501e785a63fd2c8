import type { Database } from '../db/client';
import type { Delivered, Transit } from './deliver';
import { findTriedVerification, recordFailure, recordKept, startDelivery } from './delivery-store';
import type { CodeKeeper, OutboundMessage } from './sender';

/** A code that a vendor is to make, send and keep; `challengeId` is null for an operator's trial, whose code opens nothing. */
export type KeptMessage = Omit<OutboundMessage, 'deliveryId' | 'text' | 'code'> & { challengeId: string | null };

export type KeptCheck = { keeper: string; verificationId: string; phone: string; code: string };

/** The vendors that make and keep codes themselves, as the use cases see them. */
export type CodeKeepers = {
  /** Who keeps the codes of a country (ISO 3166 alpha-2), or null: we do. */
  of(country: string): string | null;
  start(keeper: string, message: KeptMessage, transit?: Transit): Promise<Delivered>;
  /** `unavailable`: the vendor did not say. */
  check(kept: KeptCheck): Promise<'right' | 'wrong' | 'gone' | 'unavailable'>;
};

type KeepersDeps = {
  db: Database;
  keepers: ReadonlyMap<string, CodeKeeper>;
  keeperOf(country: string): string | null;
  log: { warn(fields: object, message: string): void };
};

const nobodyToAsk: Delivered = { ok: false, errorClass: 'configuration' };

/** Binds them to the database: what is asked of them is written down as every other delivery is. */
export function createKeepers({ db, keepers, keeperOf, log }: KeepersDeps): CodeKeepers {
  return {
    of: keeperOf,
    async start(name, { challengeId, ...message }, transit = { mayHaveGone: false }) {
      const keeper = keepers.get(name);
      const { phone, channel } = message;
      const route = keeper?.channels.includes(channel) ? [name] : [];
      const started = await startDelivery(db, { challengeId, phone, channel, route, tried: [] });
      if (!keeper || !started) {
        return nobodyToAsk;
      }
      const replaces = (await findTriedVerification(db, name, phone)) ?? undefined;
      transit.mayHaveGone = true;
      const outcome = await keeper.start({ ...message, replaces, deliveryId: started.deliveryId });
      if (outcome.accepted) {
        // Without its name for the code nobody could ask about it: when this fails, so does the request.
        await recordKept(db, started, { challengeId, verificationId: outcome.providerMessageId });
        return { ok: true, provider: name };
      }
      const { errorClass, errorCode, operatorHint } = outcome;
      transit.mayHaveGone = errorClass === 'unknown';
      await recordFailure(db, started, outcome);
      log.warn({ provider: name, errorClass, errorCode }, operatorHint);
      return { ok: false, errorClass };
    },
    async check({ keeper: name, ...input }) {
      const keeper = keepers.get(name);
      if (!keeper) {
        // The settings changed while the code was on its way.
        return 'gone';
      }
      const verdict = await keeper.check(input);
      if (typeof verdict === 'string') {
        return verdict;
      }
      const { errorClass, errorCode, operatorHint } = verdict;
      log.warn({ provider: name, errorClass, errorCode }, operatorHint);
      return 'unavailable';
    },
  };
}

/** Where every code is made and kept here. */
export const noKeepers: CodeKeepers = {
  of: () => null,
  start: async () => nobodyToAsk,
  check: async () => 'gone',
};
