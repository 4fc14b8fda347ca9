-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "email_verified" BOOLEAN NOT NULL DEFAULT false;
