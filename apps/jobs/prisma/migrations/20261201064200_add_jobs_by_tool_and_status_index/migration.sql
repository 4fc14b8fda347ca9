-- Does nothing where it was run by hand before, with CONCURRENTLY (docs/runbooks/upgrade.md): it reads the whole table and would
-- stop new jobs meanwhile.
CREATE INDEX IF NOT EXISTS "jobs_user_id_tool_status_id_idx" ON "jobs"("user_id", "tool", "status", "id" DESC);
