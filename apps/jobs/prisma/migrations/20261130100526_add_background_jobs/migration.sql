-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "background" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "expected_seconds" INTEGER,
ADD COLUMN     "returned_attempts" SMALLINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "workers" ADD COLUMN     "background_slots" INTEGER;

-- Jobs that wait here for their turn, those that a worker returned while they ran among them.
CREATE INDEX "jobs_undispatched_idx" ON "jobs"("tool", "user_id", "priority" DESC, "id")
    WHERE "status" IN ('queued', 'running') AND "released_at" IS NULL;

DROP INDEX "jobs_waiting_idx";
