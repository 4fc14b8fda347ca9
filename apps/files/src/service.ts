import { openDatabase } from '@creatorr/database/open-database';
import { ping } from '@creatorr/database/ping';
import { openBroker } from '@creatorr/messaging/open-broker';
import { createCachedRead } from '@creatorr/service/cached-read';
import { loadConfig } from '@creatorr/service/config';
import { defineService, type ServiceContext } from '@creatorr/service/define-service';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { createStorage } from '@creatorr/storage/storage';
import { onAccountDeleted } from './accounts/account-deleted.ts';
import { onAccountVerified } from './accounts/account-verified.ts';
import { eraseAccounts } from './accounts/erase-accounts.ts';
import { getStorageUseRoute } from './accounts/storage-use.ts';
import { type Config, configSchema } from './config.ts';
import { deleteFileRoute } from './delete/delete-file.ts';
import type { Deps } from './deps.ts';
import { PrismaClient } from './generated/client.ts';
import { scheduleMetrics, storedMetrics } from './operators/metrics.ts';
import { readRetention, readStored } from './operators/retention-report.sql.ts';
import {
	completeOutputRoute,
	createOutputRoute,
	discardOutputsRoute,
	publishOutputRoute,
} from './outputs/outputs.ts';
import { applyPlans } from './plans/apply-plans.ts';
import { onPlanChanged } from './plans/plan-changed.ts';
import { policyOf } from './policy.ts';
import { getFileRoute } from './read/get-file.ts';
import { checkInputRoute, openInputRoute } from './read/inputs.ts';
import { listFilesRoute } from './read/list-files.ts';
import { reconcile } from './reconcile/reconcile.ts';
import { createFileStore } from './store/file-store.ts';
import { prepareBucket } from './store/prepare-bucket.ts';
import { purgeFiles } from './sweep/purge.ts';
import { abortStaleUploads } from './sweep/stale-uploads.ts';
import { sweepFiles } from './sweep/sweep.ts';
import { completeFileRoute } from './upload/complete-file.ts';
import { createFileRoute } from './upload/create-file.ts';
import { listFilePartsRoute } from './upload/list-file-parts.ts';

/** A count of what is stored reads the whole table. */
const COUNT_STORED_EVERY_MS = 5 * 60_000;

/** Creates the dependencies of the service. */
async function connect(context: ServiceContext<Config>) {
	const { config, logger } = context;
	const storage = createStorage({
		endpoint: config.S3_ENDPOINT,
		publicEndpoint: config.S3_PUBLIC_ENDPOINT ?? config.S3_ENDPOINT,
		region: config.S3_REGION,
		bucket: config.S3_BUCKET,
		accessKeyId: config.S3_ACCESS_KEY_ID,
		secretAccessKey: config.S3_SECRET_ACCESS_KEY,
		forcePathStyle: config.S3_FORCE_PATH_STYLE,
	});
	context.onClose(() => storage.close());
	const prisma = await openDatabase<PrismaClient>(context, PrismaClient, {
		databaseUrl: config.FILES_DATABASE_URL,
		directUrl: config.FILES_DATABASE_DIRECT_URL,
		directUrlSetting: 'FILES_DATABASE_DIRECT_URL',
		poolSize: config.DATABASE_POOL_SIZE,
	});
	const deps: Deps = {
		prisma,
		store: createFileStore(storage),
		policy: policyOf(config),
		insertMutex: createKeyedMutex(),
		logger,
	};
	return {
		...deps,
		...(await openBroker(context, { url: config.AMQP_URL })),
		bucket: { storage, corsOrigins: config.CORS_ORIGINS, isPrepared: false },
		readStored: createCachedRead(() => readStored(prisma), { maxAgeMs: COUNT_STORED_EVERY_MS }),
		wakeApplyPlans: () => context.wake(applyPlans),
		wakeEraseAccounts: () => context.wake(eraseAccounts),
	};
}

export const files = defineService({
	name: 'files',
	readConfig: (environment, onDeprecated) => loadConfig(configSchema, environment, onDeprecated),
	connect,
	checks: ({ prisma, broker, bucket }) => ({
		postgres: () => ping(prisma),
		rabbitmq: () => broker.ping(),
		async s3() {
			if (!bucket.isPrepared) throw new Error('the bucket is not prepared yet');
			await bucket.storage.ping();
		},
	}),
	reports: ({ prisma }) => ({ retention: () => readRetention(prisma) }),
	routes: [
		createFileRoute,
		listFilesRoute,
		getFileRoute,
		deleteFileRoute,
		completeFileRoute,
		listFilePartsRoute,
		checkInputRoute,
		openInputRoute,
		createOutputRoute,
		completeOutputRoute,
		publishOutputRoute,
		discardOutputsRoute,
		getStorageUseRoute,
	],
	metrics: [storedMetrics, scheduleMetrics],
	consumers: [onAccountDeleted, onAccountVerified, onPlanChanged],
	tasks: [prepareBucket, applyPlans, eraseAccounts, sweepFiles, purgeFiles, abortStaleUploads, reconcile],
});
