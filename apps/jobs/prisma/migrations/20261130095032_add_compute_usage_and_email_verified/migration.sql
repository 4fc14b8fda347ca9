-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "email_verified" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "attempt_started_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "compute_usage" (
    "user_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "milliseconds" BIGINT NOT NULL,

    CONSTRAINT "compute_usage_pkey" PRIMARY KEY ("user_id","day")
);
