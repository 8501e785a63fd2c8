-- A right code ends the row of wrong ones for its number. Deferred, so that the number's count is locked after everything that the
-- transaction locks besides (the person, sessions; those too that a change of role ends by a trigger of its own): a try from a
-- device that the account knows locks its session and then the count, and nobody waits for another in a circle. PostgreSQL fires
-- these before the constraint trigger of 0006, by name: so the rows that everybody counts in stay the very last.
CREATE FUNCTION clear_wrong_tries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM phone_throttles WHERE phone = NEW.phone;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER otp_challenges_right AFTER UPDATE OF consumed_at ON otp_challenges
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (OLD.consumed_at IS NULL AND NEW.consumed_at IS NOT NULL)
EXECUTE FUNCTION clear_wrong_tries();
