import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@creatorr/service/logger';
import { StorageRefused } from '@creatorr/storage/errors';
import type { Storage } from '@creatorr/storage/storage';

interface PrepareDeps {
	storage: Pick<Storage, 'ensureBucket' | 'putCors'>;
	/** Pages of these web origins may use presigned URLs. */
	corsOrigins: readonly string[];
	logger: Logger;
}

export interface Preparation {
	isDone(): boolean;
	/** Tries no more after what it is trying now. */
	stop(): void;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

/**
 * Makes the bucket usable, in the background and until it is: the store may come up after us, and an operator may have to create
 * the bucket first.
 */
export function prepareStore(deps: PrepareDeps): Preparation {
	const stopping = new AbortController();
	const { signal } = stopping;
	let done = false;

	async function run(): Promise<void> {
		for (let retryMs = FIRST_RETRY_MS; !signal.aborted; retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)) {
			done = await tryToPrepare(deps);
			if (done) return;
			await sleep(retryMs, undefined, { signal }).catch(() => undefined);
		}
	}

	run().catch((error: unknown) => deps.logger.error('store.preparation_failed', { error }));
	return { isDone: () => done, stop: () => stopping.abort() };
}

async function tryToPrepare(deps: PrepareDeps): Promise<boolean> {
	try {
		await deps.storage.ensureBucket();
		await allowOrigins(deps);
		deps.logger.info('store.prepared');
		return true;
	} catch (error) {
		deps.logger.warn('store.not_prepared', { error });
		return false;
	}
}

/** Credentials that may use the bucket but not change it are good practice: its rules are the operator's then. */
async function allowOrigins({ storage, corsOrigins, logger }: PrepareDeps): Promise<void> {
	try {
		await storage.putCors(corsOrigins);
	} catch (error) {
		if (!(error instanceof StorageRefused)) throw error;
		logger.warn('store.cors_not_ours', {
			message: 'these credentials may not set the bucket’s CORS rules: set them at the store',
			origins: corsOrigins,
		});
	}
}
