import type { Logger } from '@creatorr/service/logger';
import { defineTask } from '@creatorr/service/task';
import { StorageAccessDeniedError } from '@creatorr/storage/errors';
import type { Storage } from '@creatorr/storage/storage';

export interface PrepareDeps {
	bucket: {
		storage: Pick<Storage, 'ensureBucket' | 'putCors'>;
		/** Pages of these web origins may use presigned URLs. */
		corsOrigins: readonly string[];
		/** Set once the bucket exists and its CORS rules are set. The service is not ready before. */
		isPrepared: boolean;
	};
	logger: Logger;
}

/** Creates the bucket and sets its CORS rules, once. The store may start later, and an operator may have to create the bucket first. */
export const prepareBucket = defineTask<PrepareDeps>({
	name: 'bucket_preparation',
	everyMs: 'once',
	async run(deps) {
		const { bucket, logger } = deps;
		await bucket.storage.ensureBucket();
		await setCorsRules(deps);
		bucket.isPrepared = true;
		logger.info('store.prepared');
	},
});

/** Credentials may lack the permission to change the bucket, which is good practice. Then the operator sets its CORS rules. */
async function setCorsRules({ bucket: { storage, corsOrigins }, logger }: PrepareDeps): Promise<void> {
	try {
		await storage.putCors(corsOrigins);
	} catch (error) {
		if (!(error instanceof StorageAccessDeniedError)) throw error;
		logger.warn('store.cors_denied', {
			message: 'these credentials can’t set the bucket’s CORS rules; set them in the store’s console',
			origins: corsOrigins,
		});
	}
}
