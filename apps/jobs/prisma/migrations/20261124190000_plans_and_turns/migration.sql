-- CreateEnum
CREATE TYPE "Plan" AS ENUM ('free', 'pro');

-- CreateTable
CREATE TABLE "accounts" (
    "user_id" TEXT NOT NULL,
    "plan" "Plan" NOT NULL,
    "plan_version" BIGINT NOT NULL,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "turns" (
    "user_id" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "turns_pkey" PRIMARY KEY ("user_id","tool")
);
