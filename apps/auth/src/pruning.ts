/** How often each task deletes what has expired in its table. */
export const PRUNE_INTERVAL_MS = 60_000;

/** Bounds a statement's time after a long pause; the next run deletes the rest. */
export const PRUNE_BATCH_SIZE = 10_000;
