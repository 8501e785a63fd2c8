CREATE TABLE "sms_pauses" (
	"scope" text PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ends_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "otp_challenges" ADD COLUMN "counted_in" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "otp_challenges" ADD COLUMN "counted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "wrong_codes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "wrong_code_at" timestamp with time zone;--> statement-breakpoint
-- Takes places in every bucket, or in none: rate_limit_take of 0001, with what limits on money and fraud need besides.
--
-- weights: how many places at once (money is counted in small units). soft_places: a second, lower limit, null for none; where
-- only that one is reached nothing is taken, and `soft` says so. record_only: a full bucket refuses nothing and is `noted`; it
-- takes no further places, so that it stays as small as any other.
--
-- Returns when the places were taken; or the refusing bucket's position (from 1) and the seconds to wait.
CREATE FUNCTION rate_limit_take(buckets text[], places integer[], windows_seconds integer[], weights integer[],
  soft_places integer[], record_only boolean[])
RETURNS TABLE (taken_at timestamptz, refused integer, retry_after_seconds integer, soft boolean, noted integer[])
LANGUAGE plpgsql AS $$
DECLARE
  at timestamptz;
  window_length interval;
  bucket_row rate_limits;
  known rate_limits[] := '{}';
  known_as integer[] := '{}';
  fresh text[] := '{}';
  taken integer;
  first integer;
  size integer;
  most integer;
BEGIN
  soft := false;
  noted := '{}';
  FOR i IN 1 .. cardinality(buckets) LOOP
    window_length := make_interval(secs => windows_seconds[i]);
    LOOP
      -- Most buckets are new, so that is tried first; a new row is empty, and nobody else sees it before we are done.
      INSERT INTO rate_limits (bucket, hits, counts, expires_at)
        VALUES (buckets[i], '{}', '{}', rate_limit_expiry(clock_timestamp() + window_length))
        ON CONFLICT (bucket) DO NOTHING;
      IF FOUND AND weights[i] <= least(places[i], soft_places[i]) THEN
        fresh := fresh || buckets[i];
        EXIT;
      END IF;
      SELECT * INTO bucket_row FROM rate_limits r WHERE r.bucket = buckets[i] FOR UPDATE;
      -- Not found: swept in between.
      CONTINUE WHEN NOT FOUND;
      at := clock_timestamp();
      SELECT coalesce(sum(c), 0), coalesce(min(n), cardinality(bucket_row.hits) + 1) INTO taken, first
        FROM unnest(bucket_row.hits, bucket_row.counts) WITH ORDINALITY AS entry (h, c, n) WHERE h > at - window_length;
      IF record_only[i] AND taken + weights[i] > places[i] THEN
        noted := noted || i;
        EXIT;
      END IF;
      IF taken + weights[i] > least(places[i], soft_places[i]) THEN
        soft := taken + weights[i] <= places[i];
        most := CASE WHEN soft THEN soft_places[i] ELSE places[i] END;
        refused := i;
        -- Wait until enough of the oldest hits have left the window to make room; what is larger than the limit waits all of it.
        SELECT greatest(1, coalesce(ceil(extract(epoch FROM min(h) + window_length - at)), windows_seconds[i]))::integer
          INTO retry_after_seconds
          FROM (SELECT h, sum(c) OVER (ORDER BY h) AS gone FROM unnest(bucket_row.hits, bucket_row.counts) AS entry (h, c)
                WHERE h > at - window_length) AS leaving
          WHERE taken - gone + weights[i] <= most;
        IF NOT soft THEN
          RETURN NEXT;
          RETURN;
        END IF;
        -- A later bucket may be quite full, and that is what has to be told then.
        EXIT;
      END IF;
      bucket_row.hits := bucket_row.hits[first:];
      bucket_row.counts := bucket_row.counts[first:];
      known := known || bucket_row;
      known_as := known_as || i;
      EXIT;
    END LOOP;
  END LOOP;
  IF refused IS NOT NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;

  at := clock_timestamp();
  UPDATE rate_limits r SET hits = ARRAY[at], counts = ARRAY[weights[array_position(buckets, r.bucket)]]
    WHERE r.bucket = ANY (fresh);
  FOR k IN 1 .. cardinality(known) LOOP
    bucket_row := known[k];
    size := cardinality(bucket_row.hits);
    IF size > 0 AND places[known_as[k]] > 60
      AND floor(extract(epoch FROM bucket_row.hits[size]) * 60 / windows_seconds[known_as[k]])
        = floor(extract(epoch FROM at) * 60 / windows_seconds[known_as[k]]) THEN
      bucket_row.hits[size] := at;
      bucket_row.counts[size] := bucket_row.counts[size] + weights[known_as[k]];
    ELSE
      bucket_row.hits := bucket_row.hits || at;
      bucket_row.counts := bucket_row.counts || weights[known_as[k]];
    END IF;
    UPDATE rate_limits r SET hits = bucket_row.hits, counts = bucket_row.counts,
        expires_at = rate_limit_expiry(at + make_interval(secs => windows_seconds[known_as[k]]))
      WHERE r.bucket = bucket_row.bucket;
  END LOOP;
  taken_at := at;
  RETURN NEXT;
END $$;
--> statement-breakpoint
-- Gives back the places that one call took at `taken_at`, as many in each bucket as it took there. As in 0001, where a hit was
-- gathered with others theirs stay, and where it has left the window nothing goes.
CREATE FUNCTION rate_limit_give_back(buckets text[], weights integer[], taken_at timestamptz)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  bucket_hits timestamptz[];
  bucket_counts integer[];
  entry integer;
BEGIN
  FOR b IN 1 .. cardinality(buckets) LOOP
    SELECT r.hits, r.counts INTO bucket_hits, bucket_counts FROM rate_limits r WHERE r.bucket = buckets[b] FOR UPDATE;
    SELECT min(i) INTO entry FROM generate_subscripts(bucket_hits, 1) AS i
      WHERE bucket_hits[i] = taken_at OR (bucket_hits[i] > taken_at AND bucket_counts[i] > weights[b]);
    CONTINUE WHEN entry IS NULL;
    IF bucket_counts[entry] > weights[b] THEN
      bucket_counts[entry] := bucket_counts[entry] - weights[b];
    ELSE
      bucket_hits := bucket_hits[:entry - 1] || bucket_hits[entry + 1:];
      bucket_counts := bucket_counts[:entry - 1] || bucket_counts[entry + 1:];
    END IF;
    UPDATE rate_limits r SET hits = bucket_hits, counts = bucket_counts WHERE r.bucket = buckets[b];
  END LOOP;
END $$;
--> statement-breakpoint
-- An instance of the version before still calls these two while the others are replaced: one body each.
CREATE OR REPLACE FUNCTION rate_limit_take(buckets text[], places integer[], windows_seconds integer[])
RETURNS TABLE (taken_at timestamptz, refused integer, retry_after_seconds integer)
LANGUAGE sql AS $$
  SELECT t.taken_at, t.refused, t.retry_after_seconds
  FROM rate_limit_take(buckets, places, windows_seconds, array_fill(1, ARRAY[cardinality(buckets)]),
    array_fill(NULL::integer, ARRAY[cardinality(buckets)]), array_fill(false, ARRAY[cardinality(buckets)])) AS t
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION rate_limit_give_back(buckets text[], taken_at timestamptz)
RETURNS void
LANGUAGE sql AS $$
  SELECT rate_limit_give_back(buckets, array_fill(1, ARRAY[cardinality(buckets)]), taken_at)
$$;
--> statement-breakpoint
-- A code that is used was no waste: its places in the windows of unverified messages come back. Where the code is consumed there
-- are several statements, and none of them can forget this. Deferred, so that the rows everybody counts in are locked last and for
-- the moment of the commit only; in the order of rate_limit_take (range, country, app), so nobody waits in a circle.
CREATE FUNCTION give_back_verified() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM rate_limit_give_back(NEW.counted_in, NEW.counted_at);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER otp_challenges_verified AFTER UPDATE OF consumed_at ON otp_challenges
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (OLD.consumed_at IS NULL AND NEW.consumed_at IS NOT NULL AND NEW.counted_at IS NOT NULL)
EXECUTE FUNCTION give_back_verified();
