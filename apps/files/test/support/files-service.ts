import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import type { Caller } from '@creatorr/contracts/operation';
import { createPrisma } from '@creatorr/database/client';
import { migrateDeploy } from '@creatorr/database/migrate';
import { loadConfig } from '@creatorr/service/config';
import { createIdentitySigner } from '@creatorr/service/identity';
import { createStorage } from '@creatorr/storage/storage';
import { createBucket } from '@creatorr/testing/bucket';
import { createDatabase } from '@creatorr/testing/database';
import { createVirtualHost } from '@creatorr/testing/virtual-host';
import request from 'supertest';
import { createApp } from '../../src/app.ts';
import { configSchema } from '../../src/config.ts';
import { createDependencies } from '../../src/dependencies.ts';
import { PrismaClient } from '../../src/generated/client.ts';

export const PRISMA_DIRECTORY = fileURLToPath(new URL('../../prisma', import.meta.url));

const CALLERS = ['gateway', 'jobs', 'tool-worker', 'billing', 'files'] as const satisfies readonly Caller[];
const ignore = () => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

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

/** The service as main.ts composes it, on a database, a virtual host and a bucket of its own; `overrides` are environment variables. */
export async function startFiles(
	overrides: Record<string, string> = {},
	options: {
		/** A port that leads to the database. */
		databaseThrough?: string;
		/** Another S3 server than the usual one. */
		s3Endpoint?: string;
	} = {},
) {
	const [database, host, bucket] = await Promise.all([
		createDatabase(),
		createVirtualHost(),
		createBucket(options.s3Endpoint ? { endpoint: options.s3Endpoint } : {}),
	]);
	await migrateDeploy({ databaseUrl: database.url, directory: PRISMA_DIRECTORY });
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
		// Users of tests have verified nothing.
		UNVERIFIED_STORED_BYTES: '0',
		...overrides,
	};
	const config = loadConfig(configSchema, environment);
	const dependencies = await createDependencies(config, silent);
	// Jest lets nothing be imported between tests, and the database client imports its engine with the first query.
	await dependencies.records.standingOf(newUser().id);
	const app = createApp(dependencies);
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
		dependencies,
		app,
		/** What the service knows, past the service. */
		prisma,
		/** What the store has, past the service. */
		storage,
		amqpUrl: host.url,
		dropBucket: () => bucket.drop(),
		as: (user: TestUser) => userClient(app, identities.signers.gateway(user)),
		jobs: internalClient(app, identities.signers.jobs),
		worker: internalClient(app, identities.signers['tool-worker']),
		/** What billing is told of a user's use, asked for by somebody. */
		storageUse: (userId: string, caller: 'billing' | 'jobs' = 'billing') =>
			request(app)
				.get(`/internal/users/${userId}/storage-use`)
				.set(IDENTITY_HEADER, identities.signers[caller]()),
		async stop() {
			await dependencies.close();
			await prisma.$disconnect();
			storage.close();
			await Promise.all([database.drop(), host.drop(), bucket.drop()]);
		},
	};
}

type App = ReturnType<typeof createApp>;

export interface TestUser {
	id: `usr_${string}`;
	sessionId: `ses_${string}`;
}

export function newUser(): TestUser {
	return { id: newId('usr'), sessionId: newId('ses') };
}

/** Requests as the gateway passes them on for a user. */
function userClient(app: App, identity: string) {
	const http = request(app);
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

/** Requests of another process of the product. */
function internalClient(app: App, sign: () => string) {
	return (path: string, body: object) =>
		request(app).post(`/internal/${path}`).set(IDENTITY_HEADER, sign()).send(body);
}
