-- AlterEnum


ALTER TYPE "MailKind" ADD VALUE 'password_changed';
ALTER TYPE "MailKind" ADD VALUE 'password_reset';
ALTER TYPE "MailKind" ADD VALUE 'new_sign_in';
ALTER TYPE "MailKind" ADD VALUE 'account_deleted';
