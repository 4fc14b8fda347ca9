-- AlterTable
ALTER TABLE "jobs" ADD COLUMN "settling" BOOLEAN NOT NULL DEFAULT false;
