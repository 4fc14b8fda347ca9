-- CreateEnum
CREATE TYPE "Plan" AS ENUM ('free', 'pro');

-- CreateEnum
CREATE TYPE "StorageTier" AS ENUM ('ephemeral', 'standard');

-- CreateEnum
CREATE TYPE "FileStatus" AS ENUM ('pending', 'ready');

-- CreateTable
CREATE TABLE "accounts" (
    "user_id" TEXT NOT NULL,
    "plan" "Plan" NOT NULL DEFAULT 'free',
    "plan_version" BIGINT NOT NULL DEFAULT 0,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "files" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mime_type" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "storage_tier" "StorageTier" NOT NULL,
    "storage_key" TEXT NOT NULL,
    "status" "FileStatus" NOT NULL DEFAULT 'pending',
    "etag" TEXT,
    "upload_id" TEXT,
    "part_size_bytes" BIGINT,
    "job_id" TEXT,
    "published_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "abandon_at" TIMESTAMPTZ(3) NOT NULL,
    "upload_url_expires_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "bytes_removed_at" TIMESTAMPTZ(3),
    "sweep_at" TIMESTAMPTZ(3),

    CONSTRAINT "files_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "event_id" TEXT NOT NULL,
    "consumer" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("event_id","consumer")
);

-- CreateIndex
CREATE UNIQUE INDEX "files_storage_key_key" ON "files"("storage_key");

-- CreateIndex
CREATE INDEX "files_user_id_id_idx" ON "files"("user_id", "id");

-- CreateIndex
CREATE INDEX "files_job_id_idx" ON "files"("job_id");

-- CreateIndex
CREATE INDEX "files_sweep_at_idx" ON "files"("sweep_at");

-- CreateIndex
CREATE INDEX "files_bytes_removed_at_idx" ON "files"("bytes_removed_at");

-- CreateIndex
CREATE INDEX "inbox_received_at_idx" ON "inbox"("received_at");

-- A job has at most one output that its owner sees.
CREATE UNIQUE INDEX "files_published_output_key" ON "files"("job_id") WHERE "published_at" IS NOT NULL AND "deleted_at" IS NULL;
