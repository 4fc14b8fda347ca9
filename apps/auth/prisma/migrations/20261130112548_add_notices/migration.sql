-- CreateEnum
CREATE TYPE "NoticeKind" AS ENUM ('password_changed', 'password_reset', 'new_sign_in', 'account_deleted');

-- CreateTable
CREATE TABLE "notices" (
    "id" BIGSERIAL NOT NULL,
    "kind" "NoticeKind" NOT NULL,
    "email" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "client_address" TEXT NOT NULL,
    "user_agent" TEXT,
    "request_id" TEXT NOT NULL,

    CONSTRAINT "notices_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "notices_due_at_idx" ON "notices"("due_at");

-- CreateIndex
CREATE INDEX "notices_email_idx" ON "notices"("email");
