-- CreateTable
CREATE TABLE "account_deletions" (
    "user_id" TEXT NOT NULL,
    "queued_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_deletions_pkey" PRIMARY KEY ("user_id")
);
