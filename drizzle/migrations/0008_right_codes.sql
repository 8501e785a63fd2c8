-- What a right code ends: the row of wrong ones for its number, and then the places that it took among unverified messages (0006).
-- One deferred trigger, so that both are locked after everything that the transaction locks besides (the person, sessions; those too
-- that a change of role ends by a trigger of its own), in this order: a try from a device that the account knows locks its session
-- and then the number's count, and nobody waits for another in a circle.
DROP TRIGGER otp_challenges_verified ON otp_challenges;--> statement-breakpoint
DROP FUNCTION give_back_verified;--> statement-breakpoint
CREATE FUNCTION settle_right_code(number text, counted_in text[], counted_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM phone_throttles WHERE phone = number;
  IF counted_at IS NOT NULL THEN
    PERFORM rate_limit_give_back(counted_in, counted_at);
  END IF;
END $$;--> statement-breakpoint
CREATE FUNCTION settle_right_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM settle_right_code(NEW.phone, NEW.counted_in, NEW.counted_at);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE CONSTRAINT TRIGGER otp_challenges_right AFTER UPDATE OF consumed_at ON otp_challenges
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (OLD.consumed_at IS NULL AND NEW.consumed_at IS NOT NULL)
EXECUTE FUNCTION settle_right_code();
