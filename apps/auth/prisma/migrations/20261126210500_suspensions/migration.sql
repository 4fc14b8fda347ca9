-- AlterTable
ALTER TABLE "users" ADD COLUMN     "suspended_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "security_events" ADD COLUMN     "operator" TEXT,
ADD COLUMN     "reason" TEXT;
