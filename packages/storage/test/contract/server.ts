import { randomUUID } from 'node:crypto';
import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import { test } from '@jest/globals';
import { connect, disconnect, type StorageConfig, type StorageConnection } from '../../src/connection.ts';
import { createStorage, type Storage } from '../../src/storage.ts';
import { collect } from './collect.ts';
import { listAll } from './list-all.ts';

/** What a server is known to get wrong by itself, whatever we send. */
export type Fault =
	/** Range requests get the right headers and other bytes. */
	| 'wrong-ranges'
	/** A completed upload in parts reads back as repetitions of one part. */
	| 'wrong-joins'
	/** Parts that arrive at the same time displace each other. */
	| 'lost-parallel-parts'
	/** Unfinished uploads show up in listings of objects. */
	| 'unfinished-objects-listed'
	/** A listing after a key has that key in it again, and one less of the others. */
	| 'start-listed-again'
	/** The list of unfinished uploads is always empty. */
	| 'no-upload-list'
	/** `x-amz-` headers take effect although the URL's signature does not cover them: whoever uploads can make an object public. */
	| 'unsigned-headers';

export type ContractServer = {
	readonly name: string;
	readonly endpoint: string;
	readonly faults: readonly Fault[];
};

/** What a contract test gets: a bucket of its own on one server. */
export type Bench = {
	readonly storage: Storage;
	readonly config: StorageConfig;
	/** For the operations that take more than the storage object passes on. */
	readonly connection: StorageConnection;
};

/** Both servers of the contract. Missing settings are an error: a contract that skips itself holds nothing. */
export const CONTRACT_SERVERS: readonly ContractServer[] = [
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

/** A test that a server is known to fail must fail: once the server is mended, the fault is struck off here. */
export function testUnless(server: ContractServer, fault: Fault) {
	return server.faults.includes(fault) ? test.failing : test;
}

export function openBench(server: ContractServer): Bench {
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

/** Leaves nothing on the server. */
export async function closeBench({ storage, config, connection }: Bench): Promise<void> {
	const uploads = { prefix: '', startedBefore: new Date(Date.now() + 60_000) };
	for (const upload of await collect(storage.listStaleMultiparts(uploads))) {
		await storage.abortMultipart(upload);
	}
	const objects = await listAll(storage, '');
	await storage.deleteObjects(objects.map((object) => object.key));
	await connection.client
		.send(new DeleteBucketCommand({ Bucket: config.bucket }))
		.catch((error: { name: string }) => {
			// The answer to a first try may have been lost.
			if (error.name !== 'NoSuchBucket') throw error;
		});
	disconnect(connection);
	storage.close();
}

function requiredSetting(name: string): string {
	const value = process.env[name];
	if (!value) {
		throw new Error(`${name} is not set: the storage contract is held against two running servers`);
	}
	return value;
}
