-- What is done to a dead letter is kept also where it is about no user, or about one whose account is gone.
ALTER TABLE "operator_actions" ALTER COLUMN "user_id" DROP NOT NULL;
