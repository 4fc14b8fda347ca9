-- What upload URLs may still bring to files that are deleted; it counts toward a user's storage.
CREATE INDEX "files_upload_urls_idx" ON "files"("user_id", "upload_url_expires_at") WHERE "deleted_at" IS NOT NULL AND "job_id" IS NULL;
