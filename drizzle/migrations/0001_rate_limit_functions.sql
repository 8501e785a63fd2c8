-- Sliding windows that all instances share. See drizzle/schema/rate-limits.ts and lib/rate-limit.

-- Rows are rewritten all the time: room on each page keeps the new versions beside the old ones.
ALTER TABLE rate_limits SET (fillfactor = 70);
--> statement-breakpoint
-- When a row may be swept: a whole minute after the last hit has left its window. The column is indexed, and while it does not
-- change PostgreSQL can keep a row's new version on the old one's page and leave the indexes alone (HOT).
CREATE FUNCTION rate_limit_expiry(last_needed timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT date_trunc('minute', last_needed) + interval '2 minutes'
$$;
--> statement-breakpoint
-- Takes one place in every bucket, or in none. Buckets are locked in the order given; every caller gives them in one order of
-- kinds (cool-down, address, phone, range, country, app), so two callers can't wait for each other.
--
-- A window of up to 60 places keeps every hit: exact. A larger one gathers hits in sixtieths of the window, each dated by its
-- last hit: it may hold a place up to 1/60 of the window too long, never give one away too early.
--
-- Returns when the places were taken; or the refusing bucket's position (from 1) and the seconds to wait.
CREATE FUNCTION rate_limit_take(buckets text[], places integer[], windows_seconds integer[])
RETURNS TABLE (taken_at timestamptz, refused integer, retry_after_seconds integer)
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
BEGIN
  FOR i IN 1 .. cardinality(buckets) LOOP
    window_length := make_interval(secs => windows_seconds[i]);
    LOOP
      -- Most buckets are new, so that is tried first; a new row is empty, and nobody else sees it before we are done.
      INSERT INTO rate_limits (bucket, hits, counts, expires_at)
        VALUES (buckets[i], '{}', '{}', rate_limit_expiry(clock_timestamp() + window_length))
        ON CONFLICT (bucket) DO NOTHING;
      IF FOUND THEN
        fresh := fresh || buckets[i];
        EXIT;
      END IF;
      SELECT * INTO bucket_row FROM rate_limits r WHERE r.bucket = buckets[i] FOR UPDATE;
      -- Not found: swept in between.
      CONTINUE WHEN NOT FOUND;
      at := clock_timestamp();
      SELECT coalesce(sum(c), 0), coalesce(min(n), cardinality(bucket_row.hits) + 1) INTO taken, first
        FROM unnest(bucket_row.hits, bucket_row.counts) WITH ORDINALITY AS entry (h, c, n) WHERE h > at - window_length;
      IF taken >= places[i] THEN
        refused := i;
        -- Wait until enough of the oldest hits have left the window to make room for one.
        SELECT greatest(1, ceil(extract(epoch FROM min(h) + window_length - at)))::integer INTO retry_after_seconds
          FROM (SELECT h, sum(c) OVER (ORDER BY h) AS gone FROM unnest(bucket_row.hits, bucket_row.counts) AS entry (h, c)
                WHERE h > at - window_length) AS leaving
          WHERE taken - gone < places[i];
        RETURN NEXT;
        RETURN;
      END IF;
      bucket_row.hits := bucket_row.hits[first:];
      bucket_row.counts := bucket_row.counts[first:];
      known := known || bucket_row;
      known_as := known_as || i;
      EXIT;
    END LOOP;
  END LOOP;

  at := clock_timestamp();
  UPDATE rate_limits r SET hits = ARRAY[at], counts = ARRAY[1] WHERE r.bucket = ANY (fresh);
  FOR k IN 1 .. cardinality(known) LOOP
    bucket_row := known[k];
    size := cardinality(bucket_row.hits);
    IF size > 0 AND places[known_as[k]] > 60
      AND floor(extract(epoch FROM bucket_row.hits[size]) * 60 / windows_seconds[known_as[k]])
        = floor(extract(epoch FROM at) * 60 / windows_seconds[known_as[k]]) THEN
      bucket_row.hits[size] := at;
      bucket_row.counts[size] := bucket_row.counts[size] + 1;
    ELSE
      bucket_row.hits := bucket_row.hits || at;
      bucket_row.counts := bucket_row.counts || 1;
    END IF;
    UPDATE rate_limits r SET hits = bucket_row.hits, counts = bucket_row.counts,
        expires_at = rate_limit_expiry(at + make_interval(secs => windows_seconds[known_as[k]]))
      WHERE r.bucket = bucket_row.bucket;
  END LOOP;
  taken_at := at;
  RETURN NEXT;
END $$;
--> statement-breakpoint
-- Gives back the places that one call took at `taken_at`: what was counted did not happen. Where the hit was gathered with
-- others, one of them goes; where it has left the window already, nothing does, so nobody loses a place of theirs.
CREATE FUNCTION rate_limit_give_back(buckets text[], taken_at timestamptz)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  bucket_name text;
  bucket_hits timestamptz[];
  bucket_counts integer[];
  entry integer;
BEGIN
  FOREACH bucket_name IN ARRAY buckets LOOP
    SELECT r.hits, r.counts INTO bucket_hits, bucket_counts FROM rate_limits r WHERE r.bucket = bucket_name FOR UPDATE;
    SELECT min(i) INTO entry FROM generate_subscripts(bucket_hits, 1) AS i
      WHERE bucket_hits[i] = taken_at OR (bucket_hits[i] > taken_at AND bucket_counts[i] > 1);
    CONTINUE WHEN entry IS NULL;
    IF bucket_counts[entry] > 1 THEN
      bucket_counts[entry] := bucket_counts[entry] - 1;
    ELSE
      bucket_hits := bucket_hits[:entry - 1] || bucket_hits[entry + 1:];
      bucket_counts := bucket_counts[:entry - 1] || bucket_counts[entry + 1:];
    END IF;
    UPDATE rate_limits r SET hits = bucket_hits, counts = bucket_counts WHERE r.bucket = bucket_name;
  END LOOP;
END $$;
