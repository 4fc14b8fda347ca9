import { AppError } from './errors.ts';
import type { Operation } from './operation.ts';

const KIB = 1024;

/** Largest request bodies, in bytes. Each operation declares one of these as its `maxBodyBytes`. */
export const BODY_LIMIT = {
	/** A few short fields: credentials, ids, a billing cycle. */
	shortFields: 4 * KIB,
	/** A file name of 255 characters, escaped, and short fields. */
	file: 8 * KIB,
	/** The params of a tool. */
	job: 64 * KIB,
	/** An event of Stripe with its objects. */
	webhook: 512 * KIB,
	/** Lists: 10,000 uploaded parts, many ids. */
	list: 1024 * KIB,
} as const;

/** Limit of an operation without a body: clients send `{}` or `null` with a POST. Nothing reads it. */
const UNUSED_BODY_BYTES = 4 * KIB;

/** Bytes of the limit for each JSON value: 1 MiB admits 32,768 values, of which 10,000 uploaded parts are 30,002. */
const BYTES_PER_JSON_VALUE = 32;

/** Returns the body limit of an operation in bytes. The gateway and the service that serves it both enforce it. */
export function bodyLimitOf({ maxBodyBytes }: Pick<Operation, 'maxBodyBytes'>): number {
	return maxBodyBytes ?? UNUSED_BODY_BYTES;
}

/** Returns the limit of JSON values (objects, arrays, strings, numbers, literals) in a body: CPU time depends on values, not bytes. */
export function jsonValueLimit(maxBodyBytes: number): number {
	return maxBodyBytes / BYTES_PER_JSON_VALUE;
}

/** Formats a body limit, such as `64 KiB` or `1 MiB`. */
export function formatBodyLimit(bytes: number): string {
	return bytes < KIB * KIB ? `${bytes / KIB} KiB` : `${bytes / KIB / KIB} MiB`;
}

/** Returns the error for a body beyond its operation's limit. */
export function bodyTooLarge(limitBytes: number): AppError {
	return new AppError(
		'too_large',
		`The request body exceeds ${formatBodyLimit(limitBytes)}. Send a smaller one.`,
	);
}
