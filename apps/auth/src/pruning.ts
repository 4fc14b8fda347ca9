/** Interval of tasks that delete expired rows. */
export const PRUNE_INTERVAL_MS = 60_000;

/** Limits a statement's time after a long pause. The next run deletes the rest. */
export const PRUNE_BATCH_SIZE = 10_000;
