-- CreateTable
CREATE TABLE "account_states" (
    "user_id" TEXT NOT NULL,
    "suspended" BOOLEAN NOT NULL DEFAULT false,
    "suspension_changed_at" TIMESTAMPTZ(3),
    "verified" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "account_states_pkey" PRIMARY KEY ("user_id")
);
