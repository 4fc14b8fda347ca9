-- AlterTable
ALTER TABLE "jobs" ADD COLUMN "sealed_secrets" TEXT;

-- AlterTable
ALTER TABLE "workers" ADD COLUMN "capabilities" JSONB NOT NULL DEFAULT '{}';
