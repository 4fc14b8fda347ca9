import type { Logger } from '@creatorr/service/logger';
import type { Exchange } from '../exchange.ts';

interface Deps {
	/** Starts the grace period that waits for this key. Has no effect the second time. */
	send(keyId: string, requestId: string): Promise<void>;
	logger: Logger;
}

/**
 * Returns a function that reports the first successful response to a key whose use starts a grace period. A refused request, such as one
 * from a wrong address or without a required scope, starts none: the owner still needs the old key. A report that fails is repeated after
 * the next success.
 */
export function createFirstUseReporter({ send, logger }: Deps) {
	return ({ credential, res, requestId }: Pick<Exchange, 'credential' | 'res' | 'requestId'>): void => {
		if (credential?.kind !== 'key' || !credential.startsGracePeriod) return;
		if (!res.headersSent || res.statusCode >= 400) return;
		credential.startsGracePeriod = false;
		send(credential.keyId, requestId).catch((error: unknown) => {
			credential.startsGracePeriod = true;
			logger.warn('api_key.first_use_report_failed', { key_id: credential.keyId, error });
		});
	};
}
