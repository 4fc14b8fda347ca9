-- AlterEnum
ALTER TYPE "NoticeKind" ADD VALUE IF NOT EXISTS 'api_key_created';
ALTER TYPE "NoticeKind" ADD VALUE IF NOT EXISTS 'api_key_leaked';

-- AlterTable
ALTER TABLE "notices" ADD COLUMN     "resource" TEXT;

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "name" TEXT NOT NULL,
    "start" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "scopes" TEXT[],
    "tools" TEXT[],
    "allowed_ips" TEXT[],
    "metadata" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "rotated_at" TIMESTAMPTZ(3),
    "grace_ends_at" TIMESTAMPTZ(3),
    "replaces" TEXT,
    "pending_grace_seconds" INTEGER,
    "last_used_at" TIMESTAMPTZ(3),
    "last_used_ip" TEXT,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key_events" (
    "id" BIGSERIAL NOT NULL,
    "key_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "client_address" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "api_key_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key_changes" (
    "id" BIGSERIAL NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "user_id" TEXT NOT NULL,
    "is_revoked" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_key_changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_key_hash_key" ON "api_keys"("key_hash");

-- CreateIndex
CREATE INDEX "api_keys_user_id_idx" ON "api_keys"("user_id");

-- CreateIndex
CREATE INDEX "api_key_events_key_id_idx" ON "api_key_events"("key_id");

-- CreateIndex
CREATE INDEX "api_key_changes_key_hash_idx" ON "api_key_changes"("key_hash");

-- CreateIndex
CREATE INDEX "api_key_changes_user_id_idx" ON "api_key_changes"("user_id");

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key_events" ADD CONSTRAINT "api_key_events_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;
