import { createPrisma } from '@creatorr/database/client';
import { ping } from '@creatorr/database/ping';
import { type Broker, connectBroker } from '@creatorr/messaging/connection';
import type { HealthCheck } from '@creatorr/service/health';
import { createIdentityVerifier, type VerifyIdentity } from '@creatorr/service/identity';
import type { Logger } from '@creatorr/service/logger';
import { createStorage, type Storage } from '@creatorr/storage/storage';
import { showChores } from './chore-metrics.ts';
import type { Config } from './config.ts';
import { deleteAccount, markVerified } from './data/accounts.ts';
import { changePlan, type PlanChange } from './data/change-plan.ts';
import { createChoreRecords } from './data/chores.ts';
import { createFileRecords } from './data/file-records.ts';
import { readChoreFigures } from './data/read-chore-figures.ts';
import { readRetention } from './data/read-retention.ts';
import { readStored } from './data/read-stored.ts';
import { type FilePolicy, keepingOf } from './domain/policy.ts';
import type { ChoreRecords, FileRecords, FileStore, SweepRecords } from './domain/ports.ts';
import { showStored } from './file-metrics.ts';
import { PrismaClient } from './generated/client.ts';
import { createFileStore } from './store/file-store.ts';
import { type Preparation, prepareStore } from './store/prepare-store.ts';

/** What this service works with. */
export interface Dependencies {
	records: FileRecords & SweepRecords;
	chores: ChoreRecords;
	store: FileStore;
	policy: FilePolicy;
	logger: Logger;
	broker: Broker;
	verifyIdentity: VerifyIdentity;
	checks: Record<string, HealthCheck>;
	deleteAccount(event: { id: string; userId: string }): Promise<void>;
	changePlan(change: PlanChange): Promise<boolean>;
	markVerified(userId: string): Promise<void>;
	/** What retention has done and has still to do. */
	readRetention(): Promise<object>;
	/** Ends every connection. */
	close(): Promise<void>;
}

const HOUR_MS = 3_600_000;

function policyOf(config: Config): FilePolicy {
	return {
		singlePutLimitBytes: config.SINGLE_PUT_LIMIT_BYTES,
		putUrlSeconds: config.PUT_URL_SECONDS,
		partUrlSeconds: config.PART_URL_SECONDS,
		downloadUrlSeconds: config.DOWNLOAD_URL_SECONDS,
		abandonAfterMs: config.ABANDONED_UPLOAD_HOURS * HOUR_MS,
		plans: config.PLANS,
		unverifiedStoredBytes: config.UNVERIFIED_STORED_BYTES,
		lateUploadMs: config.LATE_UPLOAD_HOURS * HOUR_MS,
		resweepIntervalMs: config.RESWEEP_INTERVAL_SECONDS * 1_000,
		rowRetentionMs: config.DELETED_ROW_HOURS * HOUR_MS,
		orphanAfterMs: config.ORPHAN_HOURS * HOUR_MS,
		reconcileEveryMs: config.RECONCILE_INTERVAL_HOURS * HOUR_MS,
		objectsPerSecond: config.RECONCILE_OBJECTS_PER_SECOND,
	};
}

function connectStorage(config: Config): Storage {
	return createStorage({
		endpoint: config.S3_ENDPOINT,
		publicEndpoint: config.S3_PUBLIC_ENDPOINT ?? config.S3_ENDPOINT,
		region: config.S3_REGION,
		bucket: config.S3_BUCKET,
		accessKeyId: config.S3_ACCESS_KEY_ID,
		secretAccessKey: config.S3_SECRET_ACCESS_KEY,
		forcePathStyle: config.S3_FORCE_PATH_STYLE,
	});
}

async function pingStore(storage: Storage, preparation: Preparation): Promise<void> {
	if (!preparation.isDone()) throw new Error('the bucket is not prepared yet');
	await storage.ping();
}

/** Connects everything; what is away now is connected as soon as it is there. */
export async function createDependencies(config: Config, logger: Logger): Promise<Dependencies> {
	const prisma = createPrisma(PrismaClient, {
		databaseUrl: config.FILES_DATABASE_URL,
		directUrl: config.FILES_DATABASE_DIRECT_URL,
		poolSize: config.DATABASE_POOL_SIZE,
		applicationName: 'creatorr-files',
	});
	const storage = connectStorage(config);
	const preparation = prepareStore({ storage, corsOrigins: config.CORS_ORIGINS, logger });
	const broker = await connectBroker({ url: config.AMQP_URL, name: 'files', logger });
	const shown = [showStored(() => readStored(prisma)), showChores(() => readChoreFigures(prisma))];
	const records = createFileRecords(prisma, (plan) => keepingOf(config.PLANS, plan));
	return {
		records,
		chores: createChoreRecords(prisma),
		store: createFileStore(storage, records),
		policy: policyOf(config),
		logger,
		broker,
		verifyIdentity: createIdentityVerifier(config.INTERNAL_KEYS),
		checks: {
			postgres: () => ping(prisma),
			rabbitmq: () => broker.ping(),
			s3: () => pingStore(storage, preparation),
		},
		deleteAccount: (event) => deleteAccount(prisma, event),
		changePlan: (change) => changePlan(prisma, change),
		markVerified: (userId) => markVerified(prisma, userId),
		readRetention: () => readRetention(prisma),
		async close() {
			for (const part of shown) part.stop();
			preparation.stop();
			await broker.close();
			await prisma.$disconnect();
			storage.close();
		},
	};
}
