-- AlterTable
ALTER TABLE "files" ADD COLUMN "plan_version" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN "cleared_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "plan_changes" (
    "user_id" TEXT NOT NULL,
    "version" BIGINT NOT NULL,
    "plan" "Plan" NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "after_id" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "plan_changes_pkey" PRIMARY KEY ("user_id","version")
);

-- CreateTable
CREATE TABLE "chores" (
    "name" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_token" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "begun_at" TIMESTAMPTZ(3),
    "position" TEXT NOT NULL DEFAULT '',
    "counts" JSONB NOT NULL DEFAULT '{}',
    "last_begun_at" TIMESTAMPTZ(3),
    "last_ended_at" TIMESTAMPTZ(3),
    "last_counts" JSONB NOT NULL DEFAULT '{}',
    "totals" JSONB NOT NULL DEFAULT '{}',
    "failed_at" TIMESTAMPTZ(3),
    "failure" TEXT,

    CONSTRAINT "chores_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "bucket_marks" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "token" TEXT NOT NULL,
    "marked_at" TIMESTAMPTZ(3),

    CONSTRAINT "bucket_marks_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "bucket_marks" ADD CONSTRAINT "bucket_marks_single_check" CHECK ("id" = 1);

UPDATE "files" SET "cleared_at" = "bytes_removed_at" WHERE "bytes_removed_at" IS NOT NULL;

-- What the store must have, in the order in which it lists: by bytes, whatever the collation of the database.
CREATE INDEX "files_ready_keys_idx" ON "files"("storage_key" COLLATE "C") WHERE "status" = 'ready' AND "deleted_at" IS NULL;

-- Bytes that have to go and were not removed even once.
CREATE INDEX "files_uncleared_idx" ON "files"("deleted_at") WHERE "deleted_at" IS NOT NULL AND "cleared_at" IS NULL;
