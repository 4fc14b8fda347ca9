import { AppError } from '@creatorr/contracts/errors';
import { formatBytes, formatBytesAbove, formatDuration } from '@creatorr/contracts/format';
import { planLimit } from '@creatorr/contracts/plan-limit';
import type { Plan } from '@creatorr/contracts/plans';
import { type FilePolicy, type StorageLimits, unverifiedLimit } from '../policy.ts';
import type { StorageUse } from './accounts.sql.ts';

type Limits = StorageLimits & Pick<FilePolicy, 'putUrlSeconds'>;
type Use = Pick<StorageUse, 'plan' | 'emailVerified' | 'storedBytes'>;

/** Throws `plan_limit` when an upload exceeds the plan's storage, `email_not_verified` when it exceeds that of an unverified account. */
export function requireStorageFor(limits: Limits, sizeBytes: number, storageUse: Use): void {
	const { plan, storedBytes } = storageUse;
	const useAbove = (limit: number) =>
		`${formatUse(storedBytes)}, and this file adds ${formatBytesAbove(limit - storedBytes, sizeBytes)}`;
	const planBytes = limits.plans[plan].maxStoredBytes;
	if (storedBytes + sizeBytes > planBytes) throw planExceeded(limits, plan, useAbove(planBytes));
	const limit = unverifiedLimit(limits, storageUse);
	if (limit !== null && storedBytes + sizeBytes > limit) throw unverifiedExceeded(limit, useAbove(limit));
}

/**
 * Throws `plan_limit` or `email_not_verified` when a user's storage is full, because a new job would add its output. The output's size is
 * unknown, so any free space is enough.
 */
export function requireStorageLeft(limits: Limits, storageUse: Use): void {
	requireBelow(limits, storageUse, 0);
}

/** Share of the limit by which stored bytes may exceed it when a job stores its output. */
const OUTPUT_MARGIN = 0.1;

/**
 * Throws like {@link requireStorageLeft}, but only above a margin, so that several jobs that were created just below the limit can succeed.
 * `storageUse` excludes other outputs of the same job, because this output replaces them.
 */
export function requireStorageForOutput(limits: Limits, storageUse: Use): void {
	requireBelow(limits, storageUse, OUTPUT_MARGIN);
}

function requireBelow(limits: Limits, storageUse: Use, margin: number): void {
	const { plan, storedBytes } = storageUse;
	const isFull = (limit: number) => storedBytes >= limit + Math.floor(limit * margin);
	const use = `${formatUse(storedBytes)}, so there is no room for another result`;
	if (isFull(limits.plans[plan].maxStoredBytes)) throw planExceeded(limits, plan, use);
	const limit = unverifiedLimit(limits, storageUse);
	if (limit !== null && isFull(limit)) throw unverifiedExceeded(limit, use);
}

function formatUse(storedBytes: number): string {
	return `Your files and unfinished uploads use ${formatBytes(storedBytes)}`;
}

function planExceeded({ plans, putUrlSeconds }: Limits, plan: Plan, use: string): AppError {
	return planLimit({
		plan,
		plans,
		use,
		limitOf: ({ maxStoredBytes }) => maxStoredBytes,
		format: formatBytes,
		advice: [`delete some files (${formatStillCounted('files', putUrlSeconds)})`],
	});
}

function unverifiedExceeded(limit: number, use: string): AppError {
	return new AppError(
		'email_not_verified',
		`${use}. You can store ${formatBytes(limit)} until you verify your email. Open the link in the email we sent you, or resend it from your account.`,
	);
}

/** Says that bytes can arrive until the upload URL expires, so that the file counts until then. */
export function formatStillCounted(what: string, putUrlSeconds: number): string {
	return `deleted ${what} may still count for up to ${formatDuration(putUrlSeconds)}`;
}
