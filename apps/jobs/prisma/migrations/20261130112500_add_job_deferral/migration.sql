-- Both statements do nothing where they were run by hand before, with CONCURRENTLY (docs/runbooks/upgrade.md): the index reads
-- the whole table and would stop new jobs meanwhile.
ALTER TABLE "jobs" ADD COLUMN IF NOT EXISTS "deferred_at" TIMESTAMPTZ(3);

-- Jobs that wait for dispatch, deferred ones among them, in each user's order. Without lease_expires_at, as heartbeats change it.
-- jobs_waiting_idx stays: 0.3.0 needs it during the rollout and after a rollback. The next release drops it.
CREATE INDEX IF NOT EXISTS "jobs_dispatchable_idx" ON "jobs"("tool", "user_id", "priority" DESC, "id")
    WHERE "status" IN ('queued', 'running') AND ("released_at" IS NULL OR "deferred_at" IS NOT NULL);
