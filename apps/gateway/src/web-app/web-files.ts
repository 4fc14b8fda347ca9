import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import mime from 'mime';

/** Content codings of compressed copies with their file extensions, best first. */
const CODINGS = [
	['br', '.br'],
	['gzip', '.gz'],
] as const;

export type Coding = (typeof CODINGS)[number][0] | 'identity';

/** A file in one content coding. */
export interface Representation {
	coding: Coding;
	bytes: Buffer;
	etag: string;
}

export interface WebFile {
	contentType: string;
	uncompressed: Representation;
	/** Its compressed copies, best first. */
	copies: readonly Representation[];
}

function readRepresentation(path: string, coding: Coding): Representation {
	const bytes = readFileSync(path);
	const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
	return { coding, bytes, etag };
}

/**
 * Reads every file of a directory by name, without hidden ones, with its compressed copies. All are kept in memory: later changes of the
 * directory have no effect, and no request opens a file.
 */
export function readWebFiles(directory: string): Map<string, WebFile> {
	const found = globSync('**/*.*', { cwd: directory, exclude: (name) => name.startsWith('.') });
	const names = new Set(found.filter((name) => statSync(join(directory, name)).isFile()));
	const isCopy = (name: string) =>
		CODINGS.some(([, ending]) => name.endsWith(ending) && names.has(name.slice(0, -ending.length)));
	const files = [...names].filter((name) => !isCopy(name)).sort();
	return new Map(
		files.map((name) => {
			const path = join(directory, name);
			const copies = CODINGS.filter(([, ending]) => names.has(name + ending)).map(([coding, ending]) =>
				readRepresentation(path + ending, coding),
			);
			const type = mime.getType(name) ?? 'application/octet-stream';
			const isText = /^text\/|javascript|json|xml/.test(type);
			const contentType = isText ? `${type}; charset=utf-8` : type;
			return [name, { contentType, uncompressed: readRepresentation(path, 'identity'), copies }];
		}),
	);
}
