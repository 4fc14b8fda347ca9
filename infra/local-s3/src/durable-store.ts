import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { S3Content, S3Store } from '@20minutes/s3rver';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';

/** A complete body in a temporary file. */
type ReceivedBody = { readonly path: string; readonly size: number; readonly md5: string };

export type DurableStore = Awaited<ReturnType<typeof makeDurable>>;

/**
 * Makes writes to s3rver's file store atomic. s3rver writes into the object in place: an upload that breaks off damages the object,
 * and readers may get bytes of one version with the ETag of another.
 */
export async function makeDurable(store: S3Store, directory: string) {
	const incoming = join(directory, '.incoming');
	await rm(incoming, { recursive: true, force: true });
	await mkdir(incoming, { recursive: true });
	/** One change of an object or an upload at a time. */
	const mutex = createKeyedMutex();
	const onObject = <T>(bucket: string, key: string, work: () => Promise<T>): Promise<T> =>
		mutex.runExclusive(`${bucket}/${key}`, work);

	/** Returns the path of a new temporary file. The next start removes those that a crash left. */
	const temporaryPath = () => join(incoming, randomUUID());
	/** Writes a body to a temporary file. Throws, and leaves no file, when the body breaks off. */
	const receive = (content: S3Content) => receiveBody(temporaryPath(), content);
	/** Moves a temporary file under its key, in place of the object that was there. */
	const publish = (
		{ bucket, key, metadata }: { bucket: string; key: string; metadata: object },
		body: Pick<ReceivedBody, 'path' | 'md5'>,
	): Promise<void> =>
		onObject(bucket, key, async () => {
			const objectPath = store.getResourcePath(bucket, key, 'object');
			await mkdir(dirname(objectPath), { recursive: true });
			// s3rver hashes objects without this file, so a crash before the next lines leaves no wrong ETag
			await rm(`${objectPath}.md5`, { force: true });
			await rename(body.path, objectPath);
			await store.putMetadata(bucket, key, metadata, body.md5);
		});

	const { getObject, deleteObject } = store;
	store.putObject = async (object) => {
		const body = await receive(object.content);
		await publish(object, body);
		return body;
	};
	store.getObject = (bucket, key, options) =>
		onObject(bucket, key, () => getObject.call(store, bucket, key, options));
	store.deleteObject = (bucket, key) => onObject(bucket, key, () => deleteObject.call(store, bucket, key));
	return { store, mutex, temporaryPath, receive, publish };
}

async function receiveBody(path: string, content: S3Content): Promise<ReceivedBody> {
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
