CREATE TABLE "provider_breakers" (
	"provider" text PRIMARY KEY NOT NULL,
	"consecutive_failures" integer NOT NULL,
	"last_failed_at" timestamp with time zone NOT NULL,
	"open_until" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "otp_challenges" ALTER COLUMN "code_hash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "otp_challenges" ADD COLUMN "keeper" text;--> statement-breakpoint
ALTER TABLE "otp_challenges" ADD COLUMN "verification_id" text;--> statement-breakpoint
-- Rows written before know their number by their challenge, and were all text messages.
ALTER TABLE "sms_deliveries" ADD COLUMN "phone" text;--> statement-breakpoint
UPDATE "sms_deliveries" d SET "phone" = coalesce((SELECT c."phone" FROM "otp_challenges" c WHERE c."id" = d."challenge_id"), '');--> statement-breakpoint
ALTER TABLE "sms_deliveries" ALTER COLUMN "phone" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "sms_deliveries" ADD COLUMN "channel" text NOT NULL DEFAULT 'sms';--> statement-breakpoint
ALTER TABLE "sms_deliveries" ALTER COLUMN "channel" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sms_deliveries" ADD COLUMN "price_currency" text;--> statement-breakpoint
ALTER TABLE "sms_deliveries" ADD COLUMN "unanswered_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "sms_deliveries_phone" ON "sms_deliveries" USING btree ("phone","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "sms_deliveries_message" ON "sms_deliveries" USING btree ("provider","provider_message_id") WHERE provider_message_id is not null;