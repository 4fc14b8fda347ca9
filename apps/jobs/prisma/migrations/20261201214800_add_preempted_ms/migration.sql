-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "preempted_ms" INTEGER NOT NULL DEFAULT 0;
