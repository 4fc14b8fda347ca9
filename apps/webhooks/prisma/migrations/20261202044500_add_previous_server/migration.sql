-- AlterTable
ALTER TABLE "deliveries" ADD COLUMN     "failure_reason" TEXT;

-- AlterTable
ALTER TABLE "endpoints" ADD COLUMN     "previous_server" JSONB;
