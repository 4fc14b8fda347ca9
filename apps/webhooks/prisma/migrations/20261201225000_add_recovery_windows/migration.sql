-- CreateTable
CREATE TABLE "recovery_windows" (
    "user_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "recovery_windows_pkey" PRIMARY KEY ("user_id")
);
