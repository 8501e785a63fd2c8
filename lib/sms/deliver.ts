import type { Database } from '../db/client';
import { recordFailure, recordHandover, startDelivery } from './delivery-store';
import type { Channel, ErrorClass, OutboundMessage, SmsVendor } from './sender';

export type DeliverDeps = {
  db: Database;
  vendors: ReadonlyMap<string, SmsVendor>;
  /** The vendors of a country (ISO 3166 alpha-2), in the order they are tried. */
  routeOf(country: string): readonly string[];
  log: { warn(fields: object, message: string): void };
};

/** A message and where it goes; `challengeId` is null for a notice. */
export type Deliverable = Omit<OutboundMessage, 'deliveryId'> & { challengeId: string | null; country: string };

export type Delivered = { ok: true; provider: string } | { ok: false; errorClass: ErrorClass };

/**
 * What is known of a message on its way, also where an error ends it. `mayHaveGone`: some vendor was asked and did not say that it
 * did not take the message, so it may arrive and be billed.
 */
export type Transit = { mayHaveGone: boolean };

/** {@link deliver}, bound to the vendors. */
export type Deliver = (message: Deliverable, transit?: Transit) => Promise<Delivered>;

/** The channels a country's numbers can be reached by: what any vendor of its route can do, the most usual first. */
export function channelsOffered(
  deps: {
    vendors: ReadonlyMap<string, Pick<SmsVendor, 'channels'>>;
    routeOf(country: string): readonly string[];
  },
  country: string,
): Channel[] {
  const able = new Set(deps.routeOf(country).flatMap((name) => deps.vendors.get(name)?.channels ?? []));
  return (['sms', 'call', 'whatsapp'] as const).filter((channel) => able.has(channel));
}

/**
 * Hands one message to the vendors of a country's route, one after the other, until one takes it: the same code each time,
 * so that whichever message arrives is the right one. Each vendor is asked once at most. A refusal that is about the number
 * itself ends the search.
 *
 * What was tried is written down before each vendor is called; a note that can't be written after a vendor took the message
 * does not undo it.
 */
export async function deliver(
  deps: DeliverDeps,
  message: Deliverable,
  transit: Transit = { mayHaveGone: false },
): Promise<Delivered> {
  const { db, log } = deps;
  const { challengeId, country, ...outbound } = message;
  const route = deps.routeOf(country).filter((name) => deps.vendors.get(name)?.channels.includes(message.channel));
  const classes: ErrorClass[] = [];
  const tried: string[] = [];
  for (;;) {
    const started = await startDelivery(db, {
      challengeId,
      phone: message.phone,
      channel: message.channel,
      route,
      tried,
      messageIdOf: (name, deliveryId) => deps.vendors.get(name)?.messageIdOf?.(deliveryId),
    });
    const vendor = started && deps.vendors.get(started.provider);
    if (!started || !vendor) {
      return failedBy(classes);
    }
    tried.push(started.provider);
    transit.mayHaveGone = true;
    const outcome = await vendor.send({ ...outbound, deliveryId: started.deliveryId });
    if (outcome.accepted) {
      await recordHandover(db, started, outcome).catch((error: unknown) =>
        log.warn({ err: error, provider: started.provider }, 'handover not noted'),
      );
      return { ok: true, provider: started.provider };
    }
    const { errorClass, errorCode, operatorHint } = outcome;
    classes.push(errorClass);
    transit.mayHaveGone = classes.includes('unknown');
    await recordFailure(db, started, outcome);
    log.warn({ provider: started.provider, errorClass, errorCode }, operatorHint);
    if (!outcome.anotherMayTry) {
      return failedBy(classes);
    }
  }
}

/**
 * What came of a message that no vendor is known to have taken: something about the number where any vendor said so, else a fault
 * of ours; first of all that the message may have gone out.
 */
function failedBy(classes: readonly ErrorClass[]): Delivered {
  const told =
    (['recipient', 'blocked', 'unknown'] as const).find((known) => classes.includes(known)) ??
    classes.find((known) => known !== 'region') ??
    classes[0];
  return { ok: false, errorClass: told ?? 'configuration' };
}
