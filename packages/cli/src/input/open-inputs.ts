import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import mime from 'mime';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';

export interface Input {
	/** The path as entered. */
	label: string;
	path: string;
	name: string;
	mimeType: string;
	bytes: number;
}

const ANY_TYPE = 'application/octet-stream';

/** Opens all inputs before the first upload. Buffers standard input in a file until `use` ends. */
export async function withInputs<T>(
	io: Io,
	labels: readonly string[],
	options: { name?: string | undefined },
	use: (inputs: Input[]) => Promise<T>,
): Promise<T> {
	const fromStdin = labels.filter((one) => one === '-').length;
	if (fromStdin > 1) throw new UsageError('Standard input (-) can be used only once.');
	if (options.name !== undefined && labels.length > 1)
		throw new UsageError('--name works with a single input only.');
	const directory = fromStdin > 0 ? await mkdtemp(join(tmpdir(), 'creatorr-')) : undefined;
	try {
		const inputs: Input[] = [];
		for (const label of labels) {
			const path = label === '-' && directory ? await bufferStdin(io, join(directory, 'stdin')) : label;
			inputs.push(await inspectInput(label, path, options.name ?? basename(path)));
		}
		return await use(inputs);
	} finally {
		if (directory) await rm(directory, { recursive: true, force: true });
	}
}

async function inspectInput(label: string, path: string, name: string): Promise<Input> {
	const found = await stat(path);
	if (!found.isFile()) throw new UsageError(`"${label}" is not a file`);
	if (found.size === 0) throw new UsageError(`"${label}" is empty`);
	return { label, path, name, mimeType: mime.getType(name) ?? ANY_TYPE, bytes: found.size };
}

async function bufferStdin({ stdin, signal }: Io, path: string): Promise<string> {
	await pipeline(stdin, createWriteStream(path, { mode: 0o600 }), { signal });
	return path;
}
