CREATE TABLE "identities" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"email" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "identities_issuer_subject" UNIQUE("issuer","subject"),
	CONSTRAINT "identities_user_issuer" UNIQUE("user_id","issuer")
);
--> statement-breakpoint
CREATE TABLE "phone_changes" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"new_phone" text NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"effective_at" timestamp with time zone NOT NULL,
	"told_at" timestamp with time zone,
	"tried_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
DROP INDEX "sessions_live";--> statement-breakpoint
ALTER TABLE "sms_deliveries" ALTER COLUMN "challenge_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "notices_seen_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "phone_proved_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "deletion_requested_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "identities" ADD CONSTRAINT "identities_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "phone_changes" ADD CONSTRAINT "phone_changes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "phone_changes_due" ON "phone_changes" USING btree ("effective_at");--> statement-breakpoint
CREATE INDEX "phone_changes_untold" ON "phone_changes" USING btree ("tried_at") WHERE told_at is null;--> statement-breakpoint
CREATE INDEX "phone_throttles_sweep" ON "phone_throttles" USING btree ("last_failed_at");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "sms_deliveries_notices" ON "sms_deliveries" USING btree ("created_at") WHERE challenge_id is null;--> statement-breakpoint
CREATE INDEX "users_deletion" ON "users" USING btree ("deletion_requested_at") WHERE deletion_requested_at is not null;--> statement-breakpoint
-- Nobody knows when the numbers there are were proved last: the time to dormancy begins now, so that no one loses an account to it.
UPDATE "users" SET "phone_proved_at" = now() WHERE "phone" IS NOT NULL;--> statement-breakpoint
-- A session is of the role it began with: whoever changes a role, by whatever way, ends what was signed in under the old one.
-- The session that a sign-in starts in the same transaction stays.
CREATE FUNCTION end_sessions_of_former_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET revoked_at = now(), revoked_reason = 'role_changed'
  WHERE user_id = NEW.id AND revoked_at IS NULL AND created_at < now();
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER users_role AFTER UPDATE OF role ON users
  FOR EACH ROW WHEN (OLD.role IS DISTINCT FROM NEW.role) EXECUTE FUNCTION end_sessions_of_former_role();--> statement-breakpoint
-- A deletion that was asked for is not carried out while the account is suspended. Whoever lifts the suspension gives the person
-- the whole time again to take it back: until then no code opened the account.
CREATE FUNCTION begin_deletion_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.deletion_requested_at := now();
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER users_suspension_lifted BEFORE UPDATE OF suspended_at ON users
  FOR EACH ROW WHEN (OLD.suspended_at IS NOT NULL AND NEW.suspended_at IS NULL AND NEW.deletion_requested_at IS NOT NULL)
  EXECUTE FUNCTION begin_deletion_anew();
