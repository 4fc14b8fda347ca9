-- CreateTable
CREATE TABLE "operator_actions" (
    "id" BIGSERIAL NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "operator" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "subject" TEXT,
    "reason" TEXT,

    CONSTRAINT "operator_actions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "operator_actions_user_id_idx" ON "operator_actions"("user_id");

-- CreateIndex
CREATE INDEX "operator_actions_occurred_at_idx" ON "operator_actions"("occurred_at");

-- Rows are never changed. They are deleted after their retention period or with their user.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER "operator_actions_are_never_changed" BEFORE UPDATE OR TRUNCATE ON "operator_actions"
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
