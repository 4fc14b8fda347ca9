-- AlterTable
ALTER TABLE "users" ADD COLUMN IF NOT EXISTS "verified_event_queued" BOOLEAN NOT NULL DEFAULT false;

-- Accounts whose event is still to be published; empty but for the minutes of an upgrade.
CREATE INDEX IF NOT EXISTS "users_verified_event_missing" ON "users" ("id")
WHERE "email_verified_at" IS NOT NULL AND NOT "verified_event_queued";
