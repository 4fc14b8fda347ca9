import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { S3Content, S3Store } from '@20minutes/s3rver';
import { createLocks, type Locks } from './locks.ts';

/** What has arrived whole, waiting to be given its name. */
type Arrival = { readonly path: string; readonly size: number; readonly md5: string };

export type DurableStore = {
	readonly store: S3Store;
	readonly locks: Locks;
	/** A name for something on its way in. What is left there by a crash is removed at the next start. */
	readonly incomingPath: () => string;
	/** Takes in a body; throws when it breaks off, and leaves nothing then. */
	readonly receive: (content: S3Content) => Promise<Arrival>;
	/** Shows an arrival under its key, in place of what was there. */
	readonly show: (
		target: { bucket: string; key: string; metadata: object },
		arrival: Pick<Arrival, 'path' | 'md5'>,
	) => Promise<void>;
};

/**
 * Makes s3rver's file store whole: it writes into the object in place, so that an upload that breaks off damages what
 * was there, and readers may see the bytes of one version under the ETag of another.
 */
export async function makeDurable(store: S3Store, directory: string): Promise<DurableStore> {
	const incoming = join(directory, '.incoming');
	await rm(incoming, { recursive: true, force: true });
	await mkdir(incoming, { recursive: true });
	const locks = createLocks();
	const lockName = (bucket: string, key: string) => `${bucket}/${key}`;

	const incomingPath = () => join(incoming, randomUUID());
	const receive = (content: S3Content) => writeWhole(incomingPath(), content);

	const show: DurableStore['show'] = ({ bucket, key, metadata }, arrival) =>
		locks(lockName(bucket, key), async () => {
			const objectPath = store.getResourcePath(bucket, key, 'object');
			await mkdir(dirname(objectPath), { recursive: true });
			// Without its checksum file an object is summed anew, so a crash in between cannot leave a wrong ETag.
			await rm(`${objectPath}.md5`, { force: true });
			await rename(arrival.path, objectPath);
			await store.putMetadata(bucket, key, metadata, arrival.md5);
		});

	const original = { getObject: store.getObject, deleteObject: store.deleteObject };
	store.putObject = async (object) => {
		const arrival = await receive(object.content);
		await show(object, arrival);
		return arrival;
	};
	store.getObject = (bucket, key, options) =>
		locks(lockName(bucket, key), () => original.getObject.call(store, bucket, key, options));
	store.deleteObject = (bucket, key) =>
		locks(lockName(bucket, key), () => original.deleteObject.call(store, bucket, key));
	return { store, locks, incomingPath, receive, show };
}

async function writeWhole(path: string, content: S3Content): Promise<Arrival> {
	const hash = createHash('md5');
	let size = 0;
	const meter = new Transform({
		transform(chunk: Buffer, _encoding, done) {
			hash.update(chunk);
			size += chunk.length;
			done(null, chunk);
		},
	});
	try {
		const body = Buffer.isBuffer(content) ? Readable.from([content]) : content;
		await pipeline(body, meter, createWriteStream(path));
	} catch (error) {
		await rm(path, { force: true });
		throw error;
	}
	return { path, size, md5: hash.digest('hex') };
}
