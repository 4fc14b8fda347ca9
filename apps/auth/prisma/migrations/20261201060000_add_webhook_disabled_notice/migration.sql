-- AlterEnum
ALTER TYPE "NoticeKind" ADD VALUE 'webhook_disabled';
