-- CreateEnum
CREATE TYPE "JobStatus" AS ENUM ('queued', 'running', 'succeeded', 'failed', 'canceled');

-- CreateTable
CREATE TABLE "jobs" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "status" "JobStatus" NOT NULL DEFAULT 'queued',
    "progress" SMALLINT NOT NULL DEFAULT 0,
    "input_file_id" TEXT NOT NULL,
    "params" JSON NOT NULL,
    "priority" SMALLINT NOT NULL DEFAULT 0,
    "request_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "output_file_id" TEXT,
    "error_code" TEXT,
    "error_message" TEXT,
    "result" JSON,
    "released_at" TIMESTAMPTZ(3),
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "lost_attempts" SMALLINT NOT NULL DEFAULT 0,
    "worker_id" TEXT,
    "lease_expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "jobs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "user_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "response" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("user_id","key")
);

-- CreateTable
CREATE TABLE "workers" (
    "id" TEXT NOT NULL,
    "slots" JSONB NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "workers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deleted_users" (
    "user_id" TEXT NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deleted_users_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "event_id" TEXT NOT NULL,
    "consumer" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("event_id","consumer")
);

-- CreateIndex
CREATE INDEX "jobs_user_id_id_idx" ON "jobs"("user_id", "id" DESC);

-- CreateIndex
CREATE INDEX "jobs_user_id_status_id_idx" ON "jobs"("user_id", "status", "id" DESC);

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "outbox"("event_id");

-- CreateIndex
CREATE INDEX "inbox_received_at_idx" ON "inbox"("received_at");

-- Jobs that wait here, in the order in which each user's are released.
CREATE INDEX "jobs_waiting_idx" ON "jobs"("tool", "user_id", "priority" DESC, "id")
    WHERE "status" = 'queued' AND "released_at" IS NULL;

-- Jobs that are with the broker or with a worker: no more than all workers have slots for, and a few.
CREATE INDEX "jobs_in_flight_idx" ON "jobs"("tool", "user_id")
    WHERE "status" IN ('queued', 'running') AND "released_at" IS NOT NULL;

-- Jobs that retention will remove.
CREATE INDEX "jobs_finished_at_idx" ON "jobs"("finished_at") WHERE "finished_at" IS NOT NULL;

ALTER TABLE "jobs"
    ADD CONSTRAINT "jobs_progress_check" CHECK ("progress" BETWEEN 0 AND 100),
    ADD CONSTRAINT "jobs_finished_check" CHECK (("status" IN ('succeeded', 'failed', 'canceled')) = ("finished_at" IS NOT NULL)),
    ADD CONSTRAINT "jobs_started_check" CHECK ("status" NOT IN ('running', 'succeeded') OR "started_at" IS NOT NULL),
    ADD CONSTRAINT "jobs_output_check" CHECK (("status" = 'succeeded') = ("output_file_id" IS NOT NULL)),
    ADD CONSTRAINT "jobs_error_check" CHECK (("status" = 'failed') = ("error_code" IS NOT NULL)),
    ADD CONSTRAINT "jobs_lease_check" CHECK ("lease_expires_at" IS NULL OR "status" = 'running');
