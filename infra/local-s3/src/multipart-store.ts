import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import type { DurableStore } from './durable-store.ts';

const MIN_PART_SIZE_BYTES = 5 * 1024 ** 2;
const COPY_CHUNK_BYTES = 1024 ** 2;

type Part = {
	readonly number: number;
	readonly size: number;
	readonly md5: string;
	readonly storedAt: Date;
};
export type Upload = { readonly id: string; readonly key: string; readonly startedAt: Date };

export type MultipartStore = ReturnType<typeof addMultipart>;

/** Replaces s3rver's multipart uploads, which don't check parts, and adds listing and aborting. All throw NoSuchUpload. */
export function addMultipart({ store, mutex, temporaryPath, receive, publish }: DurableStore) {
	const uploadsDirectory = (bucket: string) => store.getResourcePath(bucket, undefined, 'uploads');
	const uploadDirectory = (bucket: string, uploadId: string) => join(uploadsDirectory(bucket), uploadId);

	store.putPart = async (bucket, uploadId, partNumber, content) => {
		const directory = uploadDirectory(bucket, uploadId);
		await readUpload(directory);
		const body = await receive(content);
		const path = join(directory, partNumber);
		await mutex.runExclusive(directory, async () => {
			await rm(`${path}.md5`, { force: true });
			await rename(body.path, path).catch(() => {
				throw noSuchUpload();
			});
			await writeFile(`${path}.md5`, body.md5);
		});
		return body;
	};

	// Of concurrent calls, the first completes the upload, and the others find none.
	store.putObjectMultipart = (bucket, uploadId, wanted) => {
		const directory = uploadDirectory(bucket, uploadId);
		return mutex.runExclusive(directory, async () => {
			const { key, metadata } = await readUpload(directory);
			checkParts(wanted, await readParts(directory));
			const path = temporaryPath();
			const size = await joinFiles(
				wanted.map((part) => join(directory, `${part.number}`)),
				path,
			);
			const sums = wanted.map((part) => Buffer.from(part.etag, 'hex'));
			const md5 = `${createHash('md5').update(Buffer.concat(sums)).digest('hex')}-${sums.length}`;
			await publish({ bucket, key, metadata }, { path, md5 });
			await rm(directory, { recursive: true });
			return { size, md5 };
		});
	};

	return {
		/** Returns the parts in the order of their numbers. */
		listParts: async (bucket: string, uploadId: string): Promise<Part[]> => {
			const directory = uploadDirectory(bucket, uploadId);
			await readUpload(directory);
			return [...(await readParts(directory)).values()].sort((one, other) => one.number - other.number);
		},
		listUploads: async (bucket: string): Promise<Upload[]> => {
			const ids = await readdir(uploadsDirectory(bucket)).catch(() => []);
			const uploads = await Promise.all(ids.map((id) => describeUpload(uploadDirectory(bucket, id), id)));
			return uploads.flatMap((upload) => upload ?? []);
		},
		abort: async (bucket: string, uploadId: string): Promise<void> => {
			const directory = uploadDirectory(bucket, uploadId);
			await readUpload(directory);
			await mutex.runExclusive(directory, () => rm(directory, { recursive: true, force: true }));
		},
	};
}

async function readUpload(directory: string): Promise<{ key: string; metadata: object }> {
	try {
		const key = await readFile(join(directory, 'key'), 'utf8');
		return { key, metadata: JSON.parse(await readFile(join(directory, 'metadata'), 'utf8')) };
	} catch {
		throw noSuchUpload();
	}
}

/** Returns null for an upload that was completed or aborted during the call. */
async function describeUpload(directory: string, id: string): Promise<Upload | null> {
	try {
		const path = join(directory, 'key');
		return { id, key: await readFile(path, 'utf8'), startedAt: (await stat(path)).mtime };
	} catch {
		return null;
	}
}

async function readParts(directory: string): Promise<Map<number, Part>> {
	const names = (await readdir(directory)).filter((name) => name.endsWith('.md5'));
	const parts = await Promise.all(
		names.map(async (name): Promise<[number, Part]> => {
			const number = Number.parseInt(name, 10);
			const [md5, { size, mtime }] = await Promise.all([
				readFile(join(directory, name), 'utf8'),
				stat(join(directory, `${number}`)),
			]);
			return [number, { number, size, md5, storedAt: mtime }];
		}),
	);
	return new Map(parts);
}

function checkParts(
	wanted: readonly { number: number; etag: string }[],
	stored: ReadonlyMap<number, Part>,
): void {
	wanted.forEach(({ number, etag }, index) => {
		const part = stored.get(number);
		if (index > 0 && number <= (wanted[index - 1]?.number ?? 0)) {
			throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
		}
		if (part === undefined || part.md5 !== etag) {
			throw new S3Error('InvalidPart', `Part ${number} could not be found, or has another ETag.`);
		}
		if (index < wanted.length - 1 && part.size < MIN_PART_SIZE_BYTES) {
			throw new S3Error('EntityTooSmall', `Part ${number} is smaller than the minimum allowed size.`);
		}
	});
}

/** Returns the size of the whole. Hashes nothing: the ETag of the whole comes from those of the parts. */
async function joinFiles(paths: readonly string[], target: string): Promise<number> {
	try {
		for (const path of paths) {
			await pipeline(
				createReadStream(path, { highWaterMark: COPY_CHUNK_BYTES }),
				createWriteStream(target, { flags: 'a', highWaterMark: COPY_CHUNK_BYTES }),
			);
		}
		return (await stat(target)).size;
	} catch (error) {
		await rm(target, { force: true });
		throw error;
	}
}

export function noSuchUpload(): S3Error {
	return new S3Error('NoSuchUpload', 'The specified upload does not exist.');
}
