import { ToolError } from './tool-error.ts';

/** What a ZIP file's directory says of one of its parts. */
export interface ZipPart {
	/** Where it begins in the file. */
	offset: number;
	packedBytes: number;
	unpackedBytes: number;
}

const MAX_ENTRIES = 20_000;
const MAX_UNPACKED_BYTES = 1024 ** 3;
/** No text of a document repeats itself so much; an empty picture does, and is small. */
const MAX_RATIO = 200;
const SMALL_BYTES = 32 * 1024 * 1024;
/** Before the bytes of each part stands a header of at least so many. */
const HEADER_BYTES = 30;

/** Throws `limit_exceeded` for more parts than a document has. To be called before they are looked at one by one. */
export function requireFewEntries(count: number): void {
	if (count > MAX_ENTRIES) throw tooMuch();
}

/** Throws `limit_exceeded` for a document that unpacks to far more than it is, or whose parts are made of each other's bytes. */
export function requireNoBomb(parts: readonly ZipPart[]): void {
	const unpackedBytes = parts.reduce((total, part) => total + part.unpackedBytes, 0);
	if (unpackedBytes > MAX_UNPACKED_BYTES || parts.some(isOverfull) || doOverlap(parts)) throw tooMuch();
}

function isOverfull({ packedBytes, unpackedBytes }: ZipPart): boolean {
	return unpackedBytes > SMALL_BYTES && unpackedBytes > packedBytes * MAX_RATIO;
}

function doOverlap(parts: readonly ZipPart[]): boolean {
	const sorted = parts.toSorted((one, other) => one.offset - other.offset);
	return sorted.some((part, index) => {
		const next = sorted[index + 1];
		return next !== undefined && next.offset < part.offset + HEADER_BYTES + part.packedBytes;
	});
}

function tooMuch(): ToolError {
	return new ToolError(
		'limit_exceeded',
		'The document unpacks to more than a job may use. Save it anew, or take a part of it.',
	);
}
