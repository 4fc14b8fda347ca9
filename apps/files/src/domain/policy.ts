import type { Plan, Plans, StorageTier } from '@creatorr/contracts/plans';

const HOUR_MS = 3_600_000;

/** How large, and how long. */
export interface FilePolicy {
	/** Larger files are uploaded in parts. */
	singlePutLimitBytes: number;
	putUrlSeconds: number;
	partUrlSeconds: number;
	downloadUrlSeconds: number;
	/** From an upload's begin until it is given up. */
	abandonAfterMs: number;
	/** How much may be stored and how long a file is kept. */
	plans: Plans;
	/** How much may be stored while the email is not verified; 0: as much as the plan allows. */
	unverifiedStoredBytes: number;
	/** How long a PUT that began while its URL was good may go on. */
	lateUploadMs: number;
	/** From one removal of a deleted file's bytes to the next, while its upload URL may bring more. */
	resweepIntervalMs: number;
	/** How long a row is kept after its bytes are gone. */
	rowRetentionMs: number;
	/** Bytes that no row knows of are nobody's once they are so old. */
	orphanAfterMs: number;
	/** From one comparison of rows and store to the next. */
	reconcileEveryMs: number;
	/** Of a comparison. */
	objectsPerSecond: number;
}

/** Where and for how long a file is kept. */
export interface Keeping {
	storageTier: StorageTier;
	lifetimeMs: number;
}

export function keepingOf(plans: Plans, plan: Plan): Keeping {
	const { storageTier, retentionHours } = plans[plan];
	return { storageTier, lifetimeMs: retentionHours * HOUR_MS };
}

/** How long a URL may live, in whole seconds, that must not outlive `end`: at least one, as no store signs for less. */
export function secondsUntil(end: Date, maxSeconds: number): number {
	const leftSeconds = Math.ceil((end.getTime() - Date.now()) / 1_000);
	return Math.max(1, Math.min(maxSeconds, leftSeconds));
}

export function later(from: Date, ms: number): Date {
	return new Date(from.getTime() + ms);
}
