import { StripeError } from '../errors.ts';

export type KeysInUse = {
	/** Does the work while nobody else may use the idempotency key. */
	hold: <T>(key: string | undefined, work: () => Promise<T>) => Promise<T>;
};

/** As Stripe, refuses a request whose key belongs to one that is still being executed, rather than let it wait. */
export function createKeysInUse(): KeysInUse {
	const inUse = new Set<string>();
	return {
		hold: async (key, work) => {
			if (key === undefined) return work();
			if (inUse.has(key)) throw keyInUse(key);
			inUse.add(key);
			try {
				return await work();
			} finally {
				inUse.delete(key);
			}
		},
	};
}

function keyInUse(key: string): StripeError {
	return new StripeError({
		status: 409,
		type: 'idempotency_error',
		code: 'idempotency_key_in_use',
		message: `There is currently another in-progress request using this idempotent key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
	});
}
