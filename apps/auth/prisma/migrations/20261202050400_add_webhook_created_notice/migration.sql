-- AlterEnum
ALTER TYPE "NoticeKind" ADD VALUE 'webhook_created';
