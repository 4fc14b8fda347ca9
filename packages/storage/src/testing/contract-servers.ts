import { randomUUID } from 'node:crypto';
import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { connect, disconnect, type StorageConfig, type StorageConnection } from '../connection.ts';
import { createStorage, type Storage } from '../storage.ts';
import { collect, listAll } from './requests.ts';

/** A known fault of a server. */
type Fault =
	/** Range requests return the right headers and wrong bytes. */
	| 'wrong-ranges'
	/** A completed multipart upload contains one part repeatedly. */
	| 'wrong-joins'
	/** Concurrent uploads of parts overwrite each other. */
	| 'lost-parallel-parts'
	/** Unfinished multipart uploads appear in object listings. */
	| 'unfinished-objects-listed'
	/** A page that starts after a key contains that key, and one object less. */
	| 'start-listed-again'
	/** The list of unfinished multipart uploads is always empty. */
	| 'no-upload-list'
	/** Unsigned `x-amz-` headers take effect: an upload can make its object public. */
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
	/** For operations that the storage object lacks. */
	readonly connection: StorageConnection;
};

/** The servers of the contract. Missing settings are an error, because a skipped contract proves nothing. */
const CONTRACT_SERVERS: readonly ContractServer[] = [
	{ name: 'the local endpoint', endpoint: requiredSetting('TEST_S3_ENDPOINT'), faults: [] },
	{
		name: 'Ceph radosgw',
		endpoint: requiredSetting('TEST_RGW_ENDPOINT'),
		// Ceph 18.2.7 on its SQLite store. Errors and whole objects are right, and so are signatures except for uncovered headers.
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

/** Defines tests for every server, each with its own bucket. */
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

/** Returns `test`, or `test.failing` on a server with this fault: when the server is fixed, remove the fault here. */
export function testUnless(server: ContractServer, fault: Fault) {
	return server.faults.includes(fault) ? test.failing : test;
}

export function openTestStore(server: ContractServer): TestStore {
	const publicEndpoint = new URL(server.endpoint);
	// Another name of the same address: a URL signed for the wrong one is refused.
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

/** Deletes the bucket with its objects. */
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
