import type { Logger } from '@creatorr/service/logger';
import { repeat } from './background.ts';
import type { KeySet } from './domain/key-set.ts';

interface Deps {
	keys: Pick<KeySet, 'refresh'>;
	logger: Logger;
	refreshMs: number;
	/** After a failure. */
	retryMs: number;
}

/** Loads the keys of user tokens at once and then regularly, until the signal aborts. */
export function keepKeys({ keys, logger, refreshMs, retryMs }: Deps, signal: AbortSignal): Promise<void> {
	return repeat(async () => {
		try {
			await keys.refresh();
			return refreshMs;
		} catch (error) {
			logger.warn('gateway.keys_not_loaded', { error });
			return retryMs;
		}
	}, signal);
}
