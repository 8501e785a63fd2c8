-- Ends a person's sessions but the newest `kept` of those that live. A function, because each statement in it sees what was committed
-- while its caller waited for the person's row: the caller's own snapshot may not know of a session that a sign-in of the same moment
-- started. The sessions that the caller's transaction starts are let be.
CREATE FUNCTION end_sessions(person uuid, why text, kept integer)
RETURNS TABLE (id uuid, user_id uuid) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY UPDATE sessions s SET revoked_at = now(), revoked_reason = why
  WHERE s.revoked_at IS NULL AND s.id IN (
    SELECT n.id FROM sessions n
    WHERE n.user_id = person AND n.revoked_at IS NULL AND n.created_at <> now() AND (kept = 0 OR n.expires_at > now())
    ORDER BY n.created_at DESC OFFSET kept)
  RETURNING s.id, s.user_id;
END $$;--> statement-breakpoint
CREATE FUNCTION end_sessions_of_changed_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM end_sessions(NEW.id, TG_ARGV[0], 0);
  RETURN NULL;
END $$;--> statement-breakpoint
DROP TRIGGER users_role ON users;--> statement-breakpoint
DROP FUNCTION end_sessions_of_former_role;--> statement-breakpoint
-- Whoever changes one of these, by whatever way, ends what was signed in before, and nothing that undoes the change brings it back:
-- a session is of the role it began with, a suspended person comes in anew, and so does who takes a deletion back.
CREATE TRIGGER users_role AFTER UPDATE OF role ON users
  FOR EACH ROW WHEN (OLD.role IS DISTINCT FROM NEW.role) EXECUTE FUNCTION end_sessions_of_changed_user('role_changed');--> statement-breakpoint
CREATE TRIGGER users_suspended AFTER UPDATE OF suspended_at ON users
  FOR EACH ROW WHEN (OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL)
  EXECUTE FUNCTION end_sessions_of_changed_user('suspended');--> statement-breakpoint
CREATE TRIGGER users_deletion AFTER UPDATE OF deletion_requested_at ON users
  FOR EACH ROW WHEN (OLD.deletion_requested_at IS NULL AND NEW.deletion_requested_at IS NOT NULL)
  EXECUTE FUNCTION end_sessions_of_changed_user('deletion_requested');
