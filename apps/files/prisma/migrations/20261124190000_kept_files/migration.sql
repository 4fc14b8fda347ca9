-- What a user has stored, and what a change of plan keeps for another time.
CREATE INDEX "files_kept_idx" ON "files"("user_id", "expires_at") WHERE "deleted_at" IS NULL;
