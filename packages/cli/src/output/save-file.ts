import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { type Client, ConnectionError, formatBytes } from '@creatorr/client';
import type { ProgressLine } from '../display/progress.ts';
import type { Io } from '../io.ts';
import { type Destination, outputPath } from './destination.ts';
import { writeAtomically } from './write-atomically.ts';
import { writeToStdout } from './write-to-stdout.ts';

export interface SavedFile {
	/** Undefined for stdout. */
	path: string | undefined;
	bytes: number;
}

/** Downloads a file to its destination. */
export async function saveFile(
	client: Pick<Client, 'files'>,
	io: Io,
	fileId: string,
	destination: Destination,
	line: ProgressLine,
): Promise<SavedFile> {
	const { signal } = io;
	const { file, stream } = await client.files.download(fileId, { signal });
	const path = outputPath(destination, file.name);
	let received = 0;
	async function* counted() {
		try {
			// TypeScript has two types for web streams.
			for await (const chunk of Readable.fromWeb(stream as ReadableStream<Uint8Array>, { signal })) {
				received += chunk.length;
				line.show(`Downloading ${formatBytes(received)}`, received / file.size_bytes);
				yield chunk;
			}
		} catch (error) {
			throw (error as Error).name === 'TypeError'
				? new ConnectionError('the download was interrupted')
				: error;
		}
	}
	try {
		if (path === undefined) await writeToStdout(counted(), io);
		else await writeAtomically(Readable.from(counted()), path, { force: destination.force, signal });
	} finally {
		line.end();
	}
	return { path, bytes: received };
}
