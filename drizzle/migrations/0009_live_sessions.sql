-- Ends a person's live sessions but the newest `kept`. What ran out unused takes nobody's place: `lifetimes` says how long each kind
-- lives (lib/sessions/session-state.ts, in whose terms it counts). Functions for the reason of 0007: they see what was committed while
-- their caller waited for the person's row. An instance of the version before still calls end_sessions with a limit.
CREATE FUNCTION end_oldest_sessions(person uuid, kept integer, lifetimes jsonb)
RETURNS TABLE (id uuid, user_id uuid) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY UPDATE sessions s SET revoked_at = now(), revoked_reason = 'session_limit'
  WHERE s.revoked_at IS NULL AND s.id IN (
    SELECT n.id FROM sessions n JOIN users u ON u.id = n.user_id
    CROSS JOIN LATERAL jsonb_to_record(lifetimes -> CASE WHEN u.role = 'admin' THEN 'admin' ELSE n.kind END)
      AS life ("idleSeconds" integer, "absoluteSeconds" integer)
    WHERE n.user_id = person AND n.revoked_at IS NULL AND n.created_at <> now() AND n.expires_at > now()
      AND n.created_at > now() - make_interval(secs => life."absoluteSeconds")
      AND n.last_seen_at > now() - make_interval(secs => life."idleSeconds")
    ORDER BY n.created_at DESC OFFSET kept)
  RETURNING s.id, s.user_id;
END $$;--> statement-breakpoint
-- Ends all of a person's sessions but one.
CREATE FUNCTION end_other_sessions(person uuid, spared uuid, why text)
RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY UPDATE sessions s SET revoked_at = now(), revoked_reason = why
  WHERE s.user_id = person AND s.revoked_at IS NULL AND s.id <> spared
  RETURNING s.id;
END $$;
