ALTER TABLE "jobs" ADD COLUMN "compute_ms" INTEGER;
