import type { RatePassword } from './domain/new-password.ts';
import type { Bcrypt } from './domain/passwords.ts';
import { startThreadPool, type ThreadPool } from './thread-pool.ts';

export type PasswordQuestion =
	| { type: 'hash'; password: string; cost: number }
	| { type: 'compare'; password: string; hash: string };

export interface RatingQuestion {
	password: string;
	email: string;
}

export interface PasswordThreads extends Bcrypt {
	rate: RatePassword;
	close(): Promise<void>;
}

const HASHING = new URL('./password-thread.ts', import.meta.url);
const RATING = new URL('./password-rating-thread.ts', import.meta.url);

/**
 * Hashes and compares on threads of their own, of a lower priority than everything else: in libuv's pool they would keep name
 * lookups and files waiting, and at the usual priority everybody who wants the same core. One more thread rates passwords, from
 * the first one on: its dictionary takes about 40 MB.
 */
export function startPasswordThreads(count: number): PasswordThreads {
	const hashing = startThreadPool<PasswordQuestion>(HASHING, count);
	let rating: ThreadPool<RatingQuestion> | undefined;
	return {
		hash: async (password, cost) => String(await hashing.ask({ type: 'hash', password, cost })),
		compare: async (password, hash) => (await hashing.ask({ type: 'compare', password, hash })) === true,
		async rate(password, email) {
			rating ??= startThreadPool(RATING, 1);
			return Number(await rating.ask({ password, email }));
		},
		async close() {
			await Promise.all([hashing.close(), rating?.close()]);
		},
	};
}
