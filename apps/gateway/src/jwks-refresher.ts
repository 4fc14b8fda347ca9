import type { Logger } from '@creatorr/service/logger';
import { type Repeater, repeat } from '@creatorr/service/repeat';
import type { KeySet } from './domain/key-set.ts';

interface Deps {
	keys: Pick<KeySet, 'refresh'>;
	logger: Logger;
	refreshMs: number;
	/** After a failure. */
	retryMs: number;
}

/** Loads the public keys of user tokens at once and then regularly. */
export function startJwksRefresher({ keys, logger, refreshMs, retryMs }: Deps): Repeater {
	let intervalMs = refreshMs;
	const run = async () => {
		try {
			await keys.refresh();
			intervalMs = refreshMs;
		} catch (error) {
			logger.warn('gateway.keys_not_loaded', { error });
			intervalMs = retryMs;
		}
	};
	return repeat({ name: 'gateway.keys', intervalMs: () => intervalMs, run, logger });
}
