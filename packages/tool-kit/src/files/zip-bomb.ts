import { ToolError } from '../tool/tool-error.ts';

/** One entry of a ZIP file, as its directory lists it. */
export interface ZipPart {
	/** Of the entry's local header in the file, in bytes. */
	offset: number;
	packedBytes: number;
	unpackedBytes: number;
}

const MAX_ENTRIES = 20_000;
/** Twenty thousand entries with names of 160 characters fit. */
const MAX_DIRECTORY_BYTES = 4 * 1024 * 1024;
const MAX_UNPACKED_BYTES = 1024 ** 3;
/** Documents compress less than this, except blank pictures, which are small. */
const MAX_RATIO = 200;
const SMALL_BYTES = 32 * 1024 * 1024;
/** Minimum size of the local header before each entry's bytes. */
const HEADER_BYTES = 30;

/** Throws `limit_exceeded` for more entries than documents have. Call it before reading the entries. */
export function requireBoundedEntries(count: number): void {
	if (count > MAX_ENTRIES) throw contentTooLarge();
}

/**
 * Throws `limit_exceeded` for a directory that is longer than those of documents. Call it for each entry: nothing else bounds names and extra
 * fields.
 */
export function requireBoundedDirectory(sizeBytes: number): void {
	if (sizeBytes > MAX_DIRECTORY_BYTES) throw contentTooLarge();
}

/** Throws `limit_exceeded` for a document that unpacks to far more than its size, or whose entries overlap. */
export function requireNoZipBomb(parts: readonly ZipPart[]): void {
	const unpackedBytes = parts.reduce((total, part) => total + part.unpackedBytes, 0);
	if (unpackedBytes > MAX_UNPACKED_BYTES || parts.some(isOverCompressed) || hasOverlap(parts))
		throw contentTooLarge();
}

function isOverCompressed({ packedBytes, unpackedBytes }: ZipPart): boolean {
	return unpackedBytes > SMALL_BYTES && unpackedBytes > packedBytes * MAX_RATIO;
}

function hasOverlap(parts: readonly ZipPart[]): boolean {
	const sorted = parts.toSorted((one, other) => one.offset - other.offset);
	return sorted.some((part, index) => {
		const next = sorted[index + 1];
		return next !== undefined && next.offset < part.offset + HEADER_BYTES + part.packedBytes;
	});
}

export function contentTooLarge(): ToolError {
	return new ToolError(
		'limit_exceeded',
		'The content of this document is too large to process, although the file is small. Split it into smaller files.',
	);
}
