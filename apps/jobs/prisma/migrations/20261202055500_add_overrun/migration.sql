-- AlterTable
ALTER TABLE "compute_usage" ADD COLUMN     "overrun_ms" INTEGER NOT NULL DEFAULT 0;
