import type { PasswordRating } from '@creatorr/password-strength/rate-password';
import { genSaltSync } from 'bcrypt';
import { startThreadPool } from './thread-pool.ts';

/** bcrypt ignores further bytes, so that a longer password would match a shorter one. */
const MAX_BYTES = 72;

/** The bcrypt function, on whichever thread it runs. */
interface Bcrypt {
	hash(password: string, cost: number): Promise<string>;
	compare(password: string, hash: string): Promise<boolean>;
}

/** Hashing and comparing take most of a second of CPU time: run them in a bounded queue. */
export interface Passwords {
	hash(password: string): Promise<string>;
	/** Returns false without a hash, after the time of a comparison: the time does not reveal an unknown account. */
	matches(password: string, hash: string | null): Promise<boolean>;
}

export function createPasswords(cost: number, bcrypt: Bcrypt): Passwords {
	// A valid hash that no known password matches. Comparing with it takes as long as with others.
	const unmatchable = `${genSaltSync(cost)}${'.'.repeat(31)}`;
	return {
		hash: (password) => bcrypt.hash(password, cost),
		async matches(password, hash) {
			const isWhole = Buffer.byteLength(password) <= MAX_BYTES;
			const isEqual = await bcrypt.compare(password, hash ?? unmatchable);
			return isEqual && isWhole && hash !== null;
		},
	};
}

export type HashingRequest =
	| { type: 'hash'; password: string; cost: number }
	| { type: 'compare'; password: string; hash: string };

export interface RatingRequest {
	password: string;
	email: string;
}

/** Takes up to 0.5 s of CPU time: run it in the bounded queue of hashing. */
export type RatePassword = (password: string, email: string) => Promise<PasswordRating>;

export interface PasswordThreads extends Bcrypt {
	rate: RatePassword;
	close(): Promise<void>;
}

const HASHING = new URL('./hashing-thread.ts', import.meta.url);
const RATING = new URL('./rating-thread.ts', import.meta.url);

/**
 * Starts threads that hash and compare at a lower priority than everything else: in libuv's pool they would delay DNS lookups and file access,
 * and at the default priority everything else on the same core. One more thread rates passwords; it starts on first use, as its dictionary
 * takes about 40 MB.
 */
export function startPasswordThreads(count: number): PasswordThreads {
	const hashing = startThreadPool<HashingRequest>(HASHING, count);
	let rating: ReturnType<typeof startThreadPool<RatingRequest>> | undefined;
	return {
		hash: async (password, cost) => String(await hashing.send({ type: 'hash', password, cost })),
		compare: async (password, hash) => (await hashing.send({ type: 'compare', password, hash })) === true,
		async rate(password, email) {
			rating ??= startThreadPool(RATING, 1);
			return (await rating.send({ password, email })) as PasswordRating;
		},
		async close() {
			await Promise.all([hashing.close(), rating?.close()]);
		},
	};
}
