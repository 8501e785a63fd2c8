import type { Database } from '../db/client';
import { recordFailure, recordHandover, startDelivery } from './delivery-store';
import type { Channel, ErrorClass, OutboundMessage, SendFailure, SmsVendor } from './sender';

export type DeliverDeps = {
  db: Database;
  vendors: ReadonlyMap<string, SmsVendor>;
  /** The vendors of a country (ISO 3166 alpha-2), in the order they are tried. */
  routeOf(country: string): readonly string[];
  log: { warn(fields: object, message: string): void };
};

/** A message and where it goes; `challengeId` is null for a notice. */
export type Deliverable = Omit<OutboundMessage, 'deliveryId'> & { challengeId: string | null; country: string };

/** `mayHaveGone`: some vendor did not say whether it took the message, so it may arrive and be billed all the same. */
export type Delivered = { ok: true; provider: string } | { ok: false; errorClass: ErrorClass; mayHaveGone: boolean };

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
export async function deliver(deps: DeliverDeps, message: Deliverable): Promise<Delivered> {
  const { db, log } = deps;
  const { challengeId, country, ...outbound } = message;
  const route = deps.routeOf(country).filter((name) => deps.vendors.get(name)?.channels.includes(message.channel));
  const failures: SendFailure[] = [];
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
      return failedBy(failures);
    }
    tried.push(started.provider);
    const outcome = await vendor.send({ ...outbound, deliveryId: started.deliveryId });
    if (outcome.accepted) {
      await recordHandover(db, started, outcome).catch((error: unknown) =>
        log.warn({ err: error, provider: started.provider }, 'handover not noted'),
      );
      return { ok: true, provider: started.provider };
    }
    failures.push(outcome);
    await recordFailure(db, started, outcome);
    const { errorClass, errorCode, operatorHint } = outcome;
    log.warn({ provider: started.provider, errorClass, errorCode }, operatorHint);
    if (!outcome.anotherMayTry) {
      return failedBy(failures);
    }
  }
}

/** What came of a message that no vendor is known to have taken. */
export function failedBy(failures: readonly Pick<SendFailure, 'errorClass'>[]): Delivered {
  const classes = failures.map(({ errorClass }) => errorClass);
  return { ok: false, errorClass: worstOf(classes), mayHaveGone: classes.includes('unknown') };
}

/**
 * What the person is told of: something about their number where any vendor said so, else a fault of ours; first of all that
 * the message may have gone out.
 */
function worstOf(classes: readonly ErrorClass[]): ErrorClass {
  const aboutNumber = (['recipient', 'blocked'] as const).find((known) => classes.includes(known));
  if (aboutNumber) {
    return aboutNumber;
  }
  if (classes.includes('unknown')) {
    return 'unknown';
  }
  return classes.find((known) => known !== 'region') ?? classes[0] ?? 'configuration';
}
