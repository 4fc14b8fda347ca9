import { generateKeyPairSync } from 'node:crypto';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import type { Caller } from '@creatorr/contracts/operation';
import { createPrisma } from '@creatorr/database/client';
import { startService } from '@creatorr/service/define-service';
import { createIdentitySigner } from '@creatorr/service/identity';
import type { Logger } from '@creatorr/service/logger';
import { createStorage } from '@creatorr/storage/storage';
import { createBucket } from '@creatorr/testing/bucket';
import { silent } from '@creatorr/testing/silent';
import { createVirtualHost } from '@creatorr/testing/virtual-host';
import request from 'supertest';
import { PrismaClient } from '../generated/client.ts';
import { files } from '../service.ts';
import { prepareBucket } from '../store/prepare-bucket.ts';
import { createTestDatabase } from './database.ts';

const CALLERS = ['gateway', 'jobs', 'tool-worker', 'billing', 'files'] as const satisfies readonly Caller[];

/** The service without its consumers and tasks, so that a test runs those that it is about. */
const WITHOUT_BACKGROUND = { ...files, consumers: [], tasks: [prepareBucket] };

export type FilesService = Awaited<ReturnType<typeof startFiles>>;

function makeIdentities() {
	const pairs = CALLERS.map((caller) => ({
		caller,
		...generateKeyPairSync('ec', { namedCurve: 'P-256' }),
	}));
	const pems = pairs.map(({ caller, privateKey }) => ({
		caller,
		pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
	}));
	const signers = Object.fromEntries(
		pems.map(({ caller, pem }) => [caller, createIdentitySigner(caller, pem)]),
	) as Record<(typeof CALLERS)[number], ReturnType<typeof createIdentitySigner>>;
	const keys = pairs.map(({ caller, publicKey }) => ({
		...publicKey.export({ format: 'jwk' }),
		kid: caller,
	}));
	return {
		signers,
		privateKey: pems.find(({ caller }) => caller === 'files')?.pem ?? '',
		keySet: JSON.stringify({ keys }),
	};
}

/** Starts the service on a database, a virtual host and a bucket of its own, without consumers and tasks. `overrides` are settings. */
export async function startFiles(
	overrides: Record<string, string> = {},
	options: {
		/** The port of a proxy to the database. */
		databaseThrough?: string;
		/** Another S3 server than the usual one. */
		s3Endpoint?: string;
	} = {},
) {
	const [database, host, bucket] = await Promise.all([
		createTestDatabase(),
		createVirtualHost(),
		createBucket(options.s3Endpoint ? { endpoint: options.s3Endpoint } : {}),
	]);
	const identities = makeIdentities();
	const databaseUrl = new URL(database.url);
	if (options.databaseThrough) databaseUrl.port = options.databaseThrough;
	const environment = {
		NODE_ENV: 'test',
		PORT: '0',
		INTERNAL_PRIVATE_KEY: identities.privateKey,
		INTERNAL_KEYS: identities.keySet,
		FILES_DATABASE_URL: databaseUrl.href,
		AMQP_URL: host.url,
		S3_ENDPOINT: bucket.endpoint,
		S3_REGION: bucket.region,
		S3_BUCKET: bucket.bucket,
		S3_ACCESS_KEY_ID: bucket.accessKeyId,
		S3_SECRET_ACCESS_KEY: bucket.secretAccessKey,
		S3_FORCE_PATH_STYLE: 'true',
		// The emails of test users are not verified.
		UNVERIFIED_STORED_BYTES: '0',
		...overrides,
	};
	const config = files.readConfig(environment);
	const { deps, port, stop } = await startService(WITHOUT_BACKGROUND, { config, logger: silent });
	// Jest allows no import between tests, and the database client imports its engine with the first query.
	await deps.prisma.$queryRaw`SELECT 1`;
	const url = `http://127.0.0.1:${port}`;
	const prisma = createPrisma(PrismaClient, {
		databaseUrl: database.url,
		poolSize: 2,
		applicationName: 'test',
	});
	const storage = createStorage({
		...bucket,
		publicEndpoint: bucket.endpoint,
		forcePathStyle: true,
	});
	return {
		environment,
		config,
		deps,
		url,
		/** Reads and changes the database behind the service's back. */
		prisma,
		/** Reads and changes the bucket behind the service's back. */
		storage,
		amqpUrl: host.url,
		dropBucket: () => bucket.drop(),
		/** Starts another replica, with consumers and tasks. */
		startReplica: (others: Record<string, string> = {}, logger: Logger = silent) =>
			startService(files, { config: files.readConfig({ ...environment, ...others }), logger }),
		as: (user: TestUser) => userClient(url, identities.signers.gateway(user)),
		jobs: internalClient(url, identities.signers.jobs),
		worker: internalClient(url, identities.signers['tool-worker']),
		/** Asks for a user's storage use, as billing does. */
		storageUse: (userId: string, caller: 'billing' | 'jobs' = 'billing') =>
			request(url)
				.get(`/internal/users/${userId}/storage-use`)
				.set(IDENTITY_HEADER, identities.signers[caller]()),
		async stop() {
			await stop();
			await prisma.$disconnect();
			storage.close();
			await Promise.all([database.drop(), host.drop(), bucket.drop()]);
		},
	};
}

export interface TestUser {
	id: `usr_${string}`;
	sessionId: `ses_${string}`;
}

export function newUser(): TestUser {
	return { id: newId('usr'), sessionId: newId('ses') };
}

/** Sends a user's requests as the gateway passes them on. */
function userClient(url: string, identity: string) {
	const http = request(url);
	return {
		create: (body: object) => http.post('/v1/files').set(IDENTITY_HEADER, identity).send(body),
		list: (query = '') => http.get(`/v1/files${query}`).set(IDENTITY_HEADER, identity),
		get: (id: string) => http.get(`/v1/files/${id}`).set(IDENTITY_HEADER, identity),
		delete: (id: string) => http.delete(`/v1/files/${id}`).set(IDENTITY_HEADER, identity),
		parts: (id: string) => http.get(`/v1/files/${id}/parts`).set(IDENTITY_HEADER, identity),
		complete: (id: string, parts: object[]) =>
			http.post(`/v1/files/${id}/complete`).set(IDENTITY_HEADER, identity).send({ parts }),
	};
}

/** Sends requests of another service. */
function internalClient(url: string, sign: () => string) {
	return (path: string, body: object) =>
		request(url).post(`/internal/${path}`).set(IDENTITY_HEADER, sign()).send(body);
}
