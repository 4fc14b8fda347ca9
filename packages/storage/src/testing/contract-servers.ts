import { randomUUID } from 'node:crypto';
import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { connect, disconnect, type StorageConfig, type StorageConnection } from '../connection.ts';
import { createStorage, type Storage } from '../storage.ts';
import { collect, listAll } from './requests.ts';

/** A known fault of a server, whatever the client sends. */
type Fault =
	/** Range requests get the right headers and other bytes. */
	| 'wrong-ranges'
	/** A completed multipart upload reads back as repetitions of one part. */
	| 'wrong-joins'
	/** Concurrent uploads of parts displace each other. */
	| 'lost-parallel-parts'
	/** Unfinished multipart uploads appear in listings of objects. */
	| 'unfinished-objects-listed'
	/** A page that starts after a key has that key again, and one less of the others. */
	| 'start-listed-again'
	/** The list of unfinished multipart uploads is always empty. */
	| 'no-upload-list'
	/** `x-amz-` headers take effect although the URL's signature does not cover them: an upload can make its object public. */
	| 'unsigned-headers';

type ContractServer = {
	readonly name: string;
	readonly endpoint: string;
	readonly faults: readonly Fault[];
};

/** A bucket of one test file on one server. */
export type TestStore = {
	readonly storage: Storage;
	readonly config: StorageConfig;
	/** For operations that take more than the storage object passes on. */
	readonly connection: StorageConnection;
};

/** Both servers of the contract. Missing settings are an error, because a skipped contract proves nothing. */
const CONTRACT_SERVERS: readonly ContractServer[] = [
	{ name: 'the local endpoint', endpoint: requiredSetting('TEST_S3_ENDPOINT'), faults: [] },
	{
		name: 'Ceph radosgw',
		endpoint: requiredSetting('TEST_RGW_ENDPOINT'),
		// Of 18.2.7 on its SQLite store. Errors and whole objects are right, and so are signatures apart from headers that they don't cover.
		faults: [
			'wrong-ranges',
			'wrong-joins',
			'lost-parallel-parts',
			'unfinished-objects-listed',
			'start-listed-again',
			'no-upload-list',
			'unsigned-headers',
		],
	},
];

/** Defines tests for every server, on a bucket of their own. */
export function describeOnEachServer(
	define: (server: ContractServer, testStore: () => TestStore) => void,
): void {
	describe.each(CONTRACT_SERVERS)('on $name', (server) => {
		let opened: TestStore | undefined;
		const testStore = (): TestStore => {
			if (opened === undefined) throw new Error('the bucket exists only while tests run');
			return opened;
		};
		beforeAll(async () => {
			opened = openTestStore(server);
			await opened.storage.ensureBucket();
		});
		afterAll(() => closeTestStore(testStore()), 60_000);
		define(server, testStore);
	});
}

/** Returns `test`, or `test.failing` on a server with this fault: once the server is fixed, the fault must be removed here. */
export function testUnless(server: ContractServer, fault: Fault) {
	return server.faults.includes(fault) ? test.failing : test;
}

export function openTestStore(server: ContractServer): TestStore {
	const publicEndpoint = new URL(server.endpoint);
	// Another name of the same address: a URL signed for the wrong one of the two would be refused.
	publicEndpoint.hostname = 'localhost';
	const config: StorageConfig = {
		endpoint: server.endpoint,
		publicEndpoint: publicEndpoint.origin,
		region: requiredSetting('TEST_S3_REGION'),
		bucket: `contract-${randomUUID()}`,
		accessKeyId: requiredSetting('TEST_S3_ACCESS_KEY_ID'),
		secretAccessKey: requiredSetting('TEST_S3_SECRET_ACCESS_KEY'),
		forcePathStyle: true,
	};
	return { storage: createStorage(config), config, connection: connect(config) };
}

/** Removes the bucket with everything in it. */
export async function closeTestStore({ storage, config, connection }: TestStore): Promise<void> {
	const uploads = { prefix: '', startedBefore: new Date(Date.now() + 60_000) };
	for (const upload of await collect(storage.listStaleMultiparts(uploads))) {
		await storage.abortMultipart(upload);
	}
	const objects = await listAll(storage, '');
	await storage.deleteObjects(objects.map((object) => object.key));
	await connection.client
		.send(new DeleteBucketCommand({ Bucket: config.bucket }))
		.catch((error: { name: string }) => {
			// The response to a first attempt may have been lost.
			if (error.name !== 'NoSuchBucket') throw error;
		});
	disconnect(connection);
	storage.close();
}

function requiredSetting(name: string): string {
	const value = process.env[name];
	if (!value) {
		throw new Error(`${name} is not set: the storage contract needs two running servers`);
	}
	return value;
}
