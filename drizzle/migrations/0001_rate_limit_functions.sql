-- Sliding windows that all instances share. See drizzle/schema/rate-limits.ts and lib/rate-limit.

-- Rows are rewritten all the time and stay small: leave room so that an update can stay on its page.
ALTER TABLE rate_limits SET (fillfactor = 70);
--> statement-breakpoint
-- Takes one place in every bucket, or in none. Buckets are locked in the order given; every caller gives them in one order of
-- kinds (address, phone, range, country, app), so two callers can't wait for each other.
--
-- A window of up to 60 places keeps every hit: exact. A larger one gathers hits in sixtieths of the window, each dated by its
-- last hit: it may hold a place up to 1/60 of the window too long, never give one away too early.
--
-- Returns no row when every bucket had a place, else the refusing bucket's position (from 1) and the seconds to wait.
CREATE FUNCTION rate_limit_take(buckets text[], places integer[], windows_seconds integer[])
RETURNS TABLE (refused integer, retry_after_seconds integer)
LANGUAGE plpgsql AS $$
DECLARE
  bucket_count constant integer := cardinality(buckets);
  at timestamptz;
  window_length interval;
  bucket_hits timestamptz[];
  bucket_counts integer[];
  taken integer;
BEGIN
  FOR i IN 1 .. bucket_count LOOP
    SELECT r.hits, r.counts INTO bucket_hits, bucket_counts FROM rate_limits r WHERE r.bucket = buckets[i] FOR UPDATE;
    IF NOT FOUND THEN
      INSERT INTO rate_limits (bucket, hits, counts, expires_at) VALUES (buckets[i], '{}', '{}', clock_timestamp())
        ON CONFLICT (bucket) DO NOTHING;
      SELECT r.hits, r.counts INTO bucket_hits, bucket_counts FROM rate_limits r WHERE r.bucket = buckets[i] FOR UPDATE;
    END IF;
    at := clock_timestamp();
    window_length := make_interval(secs => windows_seconds[i]);
    SELECT coalesce(sum(c), 0) INTO taken FROM unnest(bucket_hits, bucket_counts) AS entry (h, c) WHERE h > at - window_length;
    IF taken >= places[i] THEN
      refused := i;
      -- Wait until enough of the oldest hits have left the window to make room for one.
      SELECT greatest(1, ceil(extract(epoch FROM min(h) + window_length - at)))::integer INTO retry_after_seconds
        FROM (SELECT h, sum(c) OVER (ORDER BY h) AS gone FROM unnest(bucket_hits, bucket_counts) AS entry (h, c)
              WHERE h > at - window_length) AS leaving
        WHERE taken - gone < places[i];
      RETURN NEXT;
      RETURN;
    END IF;
  END LOOP;

  FOR i IN 1 .. bucket_count LOOP
    at := clock_timestamp();
    window_length := make_interval(secs => windows_seconds[i]);
    SELECT array_agg(h ORDER BY h), array_agg(c ORDER BY h) INTO bucket_hits, bucket_counts
      FROM rate_limits r, unnest(r.hits, r.counts) AS entry (h, c)
      WHERE r.bucket = buckets[i] AND h > at - window_length;
    taken := coalesce(cardinality(bucket_hits), 0);
    IF taken > 0 AND places[i] > 60
      AND floor(extract(epoch FROM bucket_hits[taken]) * 60 / windows_seconds[i])
        = floor(extract(epoch FROM at) * 60 / windows_seconds[i]) THEN
      bucket_hits[taken] := at;
      bucket_counts[taken] := bucket_counts[taken] + 1;
    ELSE
      bucket_hits := bucket_hits || at;
      bucket_counts := bucket_counts || 1;
    END IF;
    UPDATE rate_limits r SET hits = bucket_hits, counts = bucket_counts, expires_at = at + window_length
      WHERE r.bucket = buckets[i];
  END LOOP;
END $$;
--> statement-breakpoint
-- Gives the latest place in each bucket back: what was counted did not happen (the message could not be sent).
CREATE FUNCTION rate_limit_give_back(buckets text[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY buckets LOOP
    UPDATE rate_limits r SET
      hits = CASE WHEN r.counts[cardinality(r.counts)] > 1 THEN r.hits ELSE trim_array(r.hits, 1) END,
      counts = CASE WHEN r.counts[cardinality(r.counts)] > 1
        THEN trim_array(r.counts, 1) || (r.counts[cardinality(r.counts)] - 1)
        ELSE trim_array(r.counts, 1) END
      WHERE r.bucket = name AND cardinality(r.counts) > 0;
  END LOOP;
END $$;
