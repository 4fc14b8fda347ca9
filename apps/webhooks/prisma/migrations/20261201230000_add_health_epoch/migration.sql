-- AlterTable
ALTER TABLE "endpoints" ADD COLUMN     "health_epoch" INTEGER NOT NULL DEFAULT 0;
