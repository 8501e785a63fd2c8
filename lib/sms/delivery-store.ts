import { sql } from 'drizzle-orm';
import { type Database, sqlState } from '../db/client';
import { breakerPolicy, vendorPolicy } from '../policy';
import { newId } from '../random';
import { arrayLiteral } from '../rate-limit/rate-limit';
import type { Accepted, Channel, ErrorClass, Receipt, SendFailure } from './sender';

/** A vendor chosen for a message, and the row that says so. `isProbe`: it kept failing, and this shows whether it still does. */
export type StartedDelivery = { deliveryId: string; provider: string; channel: Channel; isProbe: boolean };

/** A vendor's calls may fail where its messages arrive: each channel has a breaker of its own. */
const breakerOf = (provider: string, channel: Channel): string =>
  channel === 'sms' ? provider : `${provider}:${channel}`;

/**
 * Chooses the next vendor of a route and writes down that it is about to be tried, in one statement: the first that was not
 * tried yet, those that keep failing last. Once such a vendor's time is over, one message alone goes to it as a probe; until
 * that has come back, the others pass it by. Null: there is none left.
 *
 * The row has the name that the vendor's reports will use from the start, where it is known by then: a report may be quicker
 * than the answer, or come where no answer did.
 */
export async function startDelivery(
  db: Database,
  delivery: {
    challengeId: string | null;
    phone: string;
    channel: Channel;
    route: readonly string[];
    tried: readonly string[];
    messageIdOf?(provider: string, deliveryId: string): string | undefined;
  },
): Promise<StartedDelivery | null> {
  const { channel } = delivery;
  const deliveryId = newId();
  const left = delivery.route.filter((name) => !delivery.tried.includes(name));
  const rows = await db.execute<{ provider: string; is_probe: boolean }>(sql`
    with choice as materialized (
      select name, message_id, place, b.provider as breaker, b.open_until
      from unnest(${arrayLiteral(left)}::text[], ${arrayLiteral(left.map((name) => breakerOf(name, channel)))}::text[],
        ${arrayLiteral(left.map((name) => delivery.messageIdOf?.(name, deliveryId) ?? ''))}::text[])
        with ordinality as named (name, breaker, message_id, place)
      left join provider_breakers b on b.provider = named.breaker
    ), probe as (
      -- Of several at once, one finds the row as it was.
      update provider_breakers set open_until = now() + make_interval(secs => ${breakerPolicy.probeSeconds}::integer)
      where open_until <= now()
        and provider = (select breaker from choice order by open_until > now() is true, place limit 1)
      returning provider
    )
    insert into sms_deliveries (id, challenge_id, phone, channel, provider, provider_message_id)
    select ${deliveryId}::uuid, ${delivery.challengeId}::uuid, ${delivery.phone}, ${channel}, name, nullif(message_id, '')
    from choice left join probe on probe.provider = choice.breaker
    order by open_until is not null and probe.provider is null, place limit 1
    returning provider, exists (select from probe) as is_probe`);
  return rows[0] ? { deliveryId, provider: rows[0].provider, channel, isProbe: rows[0].is_probe } : null;
}

/** The vendor has the message; a row of failures ends. A vendor may give two messages one name: then the first keeps it. */
export async function recordHandover(db: Database, delivery: StartedDelivery, accepted: Accepted): Promise<void> {
  const note = (providerMessageId: string | null) =>
    db.execute(sql`
      with recovered as (delete from provider_breakers where provider = ${breakerOf(delivery.provider, delivery.channel)})
      update sms_deliveries
      set handed_over_at = coalesce(handed_over_at, now()), provider_message_id = ${providerMessageId},
        segments = ${accepted.segments}::integer,
        price = ${accepted.price?.amount ?? null}::numeric, price_currency = ${accepted.price?.currency ?? null}
      where id = ${delivery.deliveryId}::uuid`);
  await note(accepted.providerMessageId).catch((error: unknown) => {
    if (sqlState(error) !== '23505') throw error;
    return note(null);
  });
}

/**
 * A vendor that keeps its codes has sent one: its name for it stands beside the challenge and not beside the delivery, because
 * it names a resend within ten minutes the same, and a vendor's reports must find one message.
 */
export async function recordKept(
  db: Database,
  delivery: StartedDelivery,
  kept: { challengeId: string | null; verificationId: string },
): Promise<void> {
  await db.execute(sql`
    with recovered as (
      delete from provider_breakers where provider = ${breakerOf(delivery.provider, delivery.channel)}
    ), kept as (
      update otp_challenges set verification_id = ${kept.verificationId} where id = ${kept.challengeId}::uuid
    )
    update sms_deliveries set handed_over_at = now() where id = ${delivery.deliveryId}::uuid`);
}

/**
 * What a vendor calls the newest code to a number that somebody guessed at and that it may still have: it would send the same
 * one again, with no more tries than are left. Found by the number's deliveries, which have an index.
 */
export async function findTriedVerification(db: Database, provider: string, phone: string): Promise<string | null> {
  const rows = await db.execute<{ verification_id: string }>(sql`
    select c.verification_id from sms_deliveries d join otp_challenges c on c.id = d.challenge_id
    where d.phone = ${phone} and d.provider = ${provider} and c.verification_id is not null and c.attempts > 0
      and d.created_at > now() - make_interval(secs => ${vendorPolicy.verificationSeconds}::integer) and c.consumed_at is null
    order by d.created_at desc limit 1`);
  return rows[0]?.verification_id ?? null;
}

/** Failures that are about the vendor, and not about one number or message. */
const vendorsFault: Record<ErrorClass, boolean> = {
  recipient: false,
  blocked: false,
  region: false,
  configuration: true,
  balance: true,
  rate: true,
  transient: true,
  unknown: true,
};

/**
 * The vendor did not take the message, or did not say; a fault of its own counts towards its breaker. While that is open, only
 * the probe's does: what was under way when it opened says nothing new, however much it was. A report that was quicker than
 * the failure stands.
 */
export async function recordFailure(db: Database, delivery: StartedDelivery, failure: SendFailure): Promise<void> {
  const { opensAfter, firstSeconds, longestSeconds } = breakerPolicy;
  const unanswered = failure.errorClass === 'unknown';
  await db.execute(sql`
    with counted as (
      insert into provider_breakers as b (provider, consecutive_failures, last_failed_at)
      select ${breakerOf(delivery.provider, delivery.channel)}, 1, now() where ${vendorsFault[failure.errorClass]}::boolean
      on conflict (provider) do update set consecutive_failures = b.consecutive_failures + 1, last_failed_at = now(),
        open_until = case when b.consecutive_failures + 1 >= ${opensAfter}::integer then now() + make_interval(secs => least(
          ${firstSeconds}::integer * power(2, least(b.consecutive_failures + 1 - ${opensAfter}::integer, 10)),
          ${longestSeconds}::integer)) end
        where b.open_until is null or b.open_until <= now() or ${delivery.isProbe}::boolean
    )
    update sms_deliveries set error_class = ${failure.errorClass}, error_code = ${failure.errorCode},
      failed_at = case when ${unanswered}::boolean then failed_at else now() end,
      unanswered_at = case when ${unanswered}::boolean then now() end
    where id = ${delivery.deliveryId}::uuid and delivered_at is null and failed_at is null`);
}

/**
 * Notes what a vendor reports of a message. Once delivered or failed a row stays so: repeated reports and reports out of
 * order change nothing. True when something changed. A vendor that reports has the message, whether or not it ever said so.
 *
 * Where the newest code of a number did not arrive, and no other vendor has it, its cool-down ends (`resend:` in
 * `lib/otp/send-windows.ts`): the page offers a new one at once.
 */
export async function recordReceipt(db: Database, provider: string, receipt: Receipt): Promise<boolean> {
  const { providerMessageId, deliveryId } = receipt;
  const isIt = deliveryId
    ? sql`id = ${deliveryId}::uuid and coalesce(provider_message_id, ${providerMessageId}) = ${providerMessageId}`
    : sql`provider_message_id = ${providerMessageId}`;
  const rows = await db.execute(sql`
    with noted as (
      update sms_deliveries set handed_over_at = coalesce(handed_over_at, now()),
        delivered_at = case when ${receipt.state} = 'delivered' then now() end,
        failed_at = case when ${receipt.state} = 'failed' then now() end,
        error_class = ${receipt.errorClass}, error_code = ${receipt.errorCode}
      where provider = ${provider} and ${isIt} and delivered_at is null and failed_at is null
        and (${receipt.state} <> 'pending' or handed_over_at is null)
      returning id, challenge_id, phone, failed_at
    ), lifted as (
      delete from rate_limits where bucket in (
        select 'resend:' || c.phone from noted n join otp_challenges c on c.id = n.challenge_id
        where n.failed_at is not null and c.superseded_at is null and c.consumed_at is null
          and not exists (select from otp_challenges newer where newer.phone = c.phone and newer.consumed_at is null
            and newer.superseded_at is null and newer.created_at > c.created_at)
          and not exists (select from sms_deliveries other where other.challenge_id = c.id and other.id <> n.id
            and other.handed_over_at is not null and other.failed_at is null))
    )
    select id from noted`);
  return rows.length > 0;
}
