-- AlterTable
ALTER TABLE "customers" ADD COLUMN     "customer_asked_at" TIMESTAMPTZ(3),
ADD COLUMN     "customers_gone" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "failed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "unpaid_since" TIMESTAMPTZ(3);

-- Of events that are about nobody here, or about somebody who is gone, nothing personal is kept.
UPDATE "stripe_events" SET "payload" = json_build_object('id', "id", 'type', "type")
WHERE "user_id" IS NULL OR "user_id" IN (SELECT "user_id" FROM "customers" WHERE "deleted_at" IS NOT NULL);
