-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "background" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "expected_seconds" INTEGER,
ADD COLUMN     "returned_attempts" SMALLINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "workers" ADD COLUMN     "background_slots" INTEGER;
