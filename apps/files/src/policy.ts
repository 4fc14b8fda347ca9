import type { Plan, Plans, StorageTier } from '@creatorr/contracts/plans';
import type { Config } from './config.ts';

const HOUR_MS = 3_600_000;

/** The settings that rules read, in the units that they compute with. */
export type FilePolicy = ReturnType<typeof policyOf>;

export function policyOf(config: Config) {
	return {
		/** Larger files are uploaded in parts. */
		singlePutLimitBytes: config.SINGLE_PUT_LIMIT_BYTES,
		putUrlSeconds: config.PUT_URL_TTL_SECONDS,
		partUrlSeconds: config.PART_URL_TTL_SECONDS,
		downloadUrlSeconds: config.DOWNLOAD_URL_TTL_SECONDS,
		/** From the creation of an upload to its deadline. */
		abandonAfterMs: config.ABANDONED_UPLOAD_HOURS * HOUR_MS,
		/** How much a user may store, and for how long. */
		plans: config.PLANS,
		/** How much a user may store while the email is not verified; 0: as much as the plan allows. */
		unverifiedStoredBytes: config.UNVERIFIED_STORED_BYTES,
		/** How many uploads of a user may be pending. */
		maxPendingUploads: config.MAX_PENDING_UPLOADS,
		/** Maximum duration of a PUT that started while its URL was valid. */
		lateUploadMs: config.LATE_UPLOAD_HOURS * HOUR_MS,
		sweepIntervalMs: config.SWEEP_INTERVAL_SECONDS * 1_000,
		/** From one removal of a deleted file's bytes to the next, while its upload URL may bring more. */
		resweepIntervalMs: config.RESWEEP_INTERVAL_SECONDS * 1_000,
		/** How long a row is kept after the removal of its bytes. */
		rowRetentionMs: config.DELETED_FILE_RETENTION_HOURS * HOUR_MS,
		/** Objects without a row are removed at this age. */
		orphanAfterMs: config.ORPHAN_HOURS * HOUR_MS,
		/** From the end of one reconciliation to the start of the next. */
		reconcileEveryMs: config.RECONCILE_INTERVAL_HOURS * HOUR_MS,
		/** Maximum rate of reconciliation. */
		objectsPerSecond: config.RECONCILE_OBJECTS_PER_SECOND,
	};
}

export type StorageLimits = Pick<FilePolicy, 'plans' | 'unverifiedStoredBytes'>;

/** Returns how much a user may store while the email is not verified; null when only the plan limits that. */
export function unverifiedLimit(
	{ plans, unverifiedStoredBytes }: StorageLimits,
	{ plan, emailVerified }: { plan: Plan; emailVerified: boolean },
): number | null {
	if (emailVerified || unverifiedStoredBytes === 0) return null;
	return unverifiedStoredBytes < plans[plan].maxStoredBytes ? unverifiedStoredBytes : null;
}

/** Where a file is stored, and for how long. */
export interface Retention {
	storageTier: StorageTier;
	lifetimeMs: number;
}

export function retentionOf(plans: Plans, plan: Plan): Retention {
	const { storageTier, retentionHours } = plans[plan];
	return { storageTier, lifetimeMs: retentionHours * HOUR_MS };
}

/** Returns the lifetime of a URL that expires at `end`, in whole seconds. Rounded up, and at least 1: stores sign for no less. */
export function secondsUntil(end: Date, maxSeconds: number): number {
	const leftSeconds = Math.ceil((end.getTime() - Date.now()) / 1_000);
	return Math.max(1, Math.min(maxSeconds, leftSeconds));
}

export function addMs(from: Date, ms: number): Date {
	return new Date(from.getTime() + ms);
}
