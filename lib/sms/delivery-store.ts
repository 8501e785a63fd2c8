import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { breakerPolicy, vendorPolicy } from '../policy';
import { newId } from '../random';
import type { Accepted, Channel, ErrorClass, Receipt, SendFailure } from './sender';

/** A vendor chosen for a message, and the row that says so. */
export type StartedDelivery = { deliveryId: string; provider: string };

/**
 * Chooses the next vendor of a route and writes down that it is about to be tried, in one statement: the first that was not
 * tried yet, those that keep failing last. Null: there is none left.
 */
export async function startDelivery(
  db: Database,
  delivery: {
    challengeId: string | null;
    phone: string;
    channel: Channel;
    route: readonly string[];
    tried: readonly string[];
  },
): Promise<StartedDelivery | null> {
  const left = delivery.route.filter((name) => !delivery.tried.includes(name));
  const rows = await db.execute<{ id: string; provider: string }>(sql`
    insert into sms_deliveries (id, challenge_id, phone, channel, provider)
    select ${newId()}::uuid, ${delivery.challengeId}::uuid, ${delivery.phone}, ${delivery.channel}, name
    from unnest(${`{${left.join(',')}}`}::text[]) with ordinality as choice (name, place)
    left join provider_breakers b on b.provider = choice.name
    order by b.open_until > now() is true, place limit 1
    returning id, provider`);
  return rows[0] ? { deliveryId: rows[0].id, provider: rows[0].provider } : null;
}

/** The vendor has the message; a row of failures ends. */
export async function recordHandover(db: Database, delivery: StartedDelivery, accepted: Accepted): Promise<void> {
  await db.execute(sql`
    with recovered as (delete from provider_breakers where provider = ${delivery.provider})
    update sms_deliveries
    set handed_over_at = now(), provider_message_id = ${accepted.providerMessageId}, segments = ${accepted.segments}::integer,
      price = ${accepted.price?.amount ?? null}::numeric, price_currency = ${accepted.price?.currency ?? null}
    where id = ${delivery.deliveryId}::uuid`);
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
      delete from provider_breakers where provider = ${delivery.provider}
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

/** The vendor did not take the message, or did not say; a fault of its own counts towards its breaker. */
export async function recordFailure(db: Database, delivery: StartedDelivery, failure: SendFailure): Promise<void> {
  const { opensAfter, firstSeconds, longestSeconds } = breakerPolicy;
  const unanswered = failure.errorClass === 'unknown';
  await db.execute(sql`
    with counted as (
      insert into provider_breakers as b (provider, consecutive_failures, last_failed_at)
      select ${delivery.provider}, 1, now() where ${vendorsFault[failure.errorClass]}::boolean
      on conflict (provider) do update set consecutive_failures = b.consecutive_failures + 1, last_failed_at = now(),
        open_until = case when b.consecutive_failures + 1 >= ${opensAfter}::integer then now() + make_interval(secs => least(
          ${firstSeconds}::integer * power(2, least(b.consecutive_failures + 1 - ${opensAfter}::integer, 10)),
          ${longestSeconds}::integer)) end
    )
    update sms_deliveries set error_class = ${failure.errorClass}, error_code = ${failure.errorCode},
      failed_at = case when ${unanswered}::boolean then failed_at else now() end,
      unanswered_at = case when ${unanswered}::boolean then now() end
    where id = ${delivery.deliveryId}::uuid`);
}

/**
 * Notes what a vendor reports of a message. Once delivered or failed a row stays so: repeated reports and reports out of
 * order change nothing. True when something changed.
 *
 * Where the newest code of a number did not arrive, and no other vendor has it, its cool-down ends (`resend:` in
 * `lib/otp/send-code.ts`): the page offers a new one at once.
 */
export async function recordReceipt(db: Database, provider: string, receipt: Receipt): Promise<boolean> {
  const rows = await db.execute(sql`
    with noted as (
      update sms_deliveries set handed_over_at = coalesce(handed_over_at, now()),
        delivered_at = case when ${receipt.state} = 'delivered' then now() end,
        failed_at = case when ${receipt.state} = 'failed' then now() end,
        error_class = ${receipt.errorClass}, error_code = ${receipt.errorCode}
      where provider = ${provider} and provider_message_id = ${receipt.providerMessageId}
        and delivered_at is null and failed_at is null and ${receipt.state} <> 'pending'
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
