-- Unlogged: after a crash every bucket is full again. Rows are updated in place, which needs free space on their page.
CREATE UNLOGGED TABLE "rate_limits" (
    "principal" TEXT NOT NULL,
    "policy" TEXT NOT NULL,
    "full_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("principal","policy")
) WITH (fillfactor = 50);
