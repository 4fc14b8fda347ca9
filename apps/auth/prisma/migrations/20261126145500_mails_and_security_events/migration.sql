-- CreateEnum
CREATE TYPE "MailKind" AS ENUM ('reset_password', 'verify_email');

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "email_verified_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "signing_keys" ADD COLUMN     "signs_from" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- The keys that are there sign already.
UPDATE "signing_keys" SET "signs_from" = "created_at";

-- CreateTable
CREATE TABLE "mails" (
    "id" BIGSERIAL NOT NULL,
    "kind" "MailKind" NOT NULL,
    "email" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "client_address" TEXT NOT NULL,
    "user_agent" TEXT,
    "request_id" TEXT NOT NULL,

    CONSTRAINT "mails_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mailed_tokens" (
    "token_hash" BYTEA NOT NULL,
    "kind" "MailKind" NOT NULL,
    "user_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mailed_tokens_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "mail_allowances" (
    "key" TEXT NOT NULL,
    "used_to" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mail_allowances_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "security_events" (
    "id" BIGSERIAL NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" TEXT NOT NULL,
    "user_id" TEXT,
    "session_id" TEXT,
    "client_address" TEXT,
    "user_agent" TEXT,
    "request_id" TEXT,

    CONSTRAINT "security_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "mails_due_at_idx" ON "mails"("due_at");

-- CreateIndex
CREATE INDEX "mails_email_idx" ON "mails"("email");

-- CreateIndex
CREATE INDEX "mailed_tokens_user_id_idx" ON "mailed_tokens"("user_id");

-- CreateIndex
CREATE INDEX "mailed_tokens_expires_at_idx" ON "mailed_tokens"("expires_at");

-- CreateIndex
CREATE INDEX "security_events_user_id_idx" ON "security_events"("user_id");

-- CreateIndex
CREATE INDEX "security_events_occurred_at_idx" ON "security_events"("occurred_at");

-- AddForeignKey
ALTER TABLE "mailed_tokens" ADD CONSTRAINT "mailed_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What happened stays as it was written; rows only go, in time or with their account.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER "security_events_are_never_changed" BEFORE UPDATE OR TRUNCATE ON "security_events"
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
