import type { FileRow } from '@creatorr/client';

interface Kind {
	name: string;
	extensions: readonly string[];
}

const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';
const OPEN_XML = 'application/vnd.openxmlformats-officedocument';

/** Names and extensions of the types that tools accept. A type that is missing here is shown as it is. */
const KINDS: Readonly<Record<string, Kind>> = {
	'application/pdf': { name: 'PDF', extensions: ['pdf'] },
	'image/png': { name: 'PNG', extensions: ['png'] },
	'image/jpeg': { name: 'JPEG', extensions: ['jpg', 'jpeg', 'jfif'] },
	'image/tiff': { name: 'TIFF', extensions: ['tif', 'tiff'] },
	'image/webp': { name: 'WebP', extensions: ['webp'] },
	'application/rtf': { name: 'RTF', extensions: ['rtf'] },
	'application/msword': { name: 'Word', extensions: ['doc'] },
	'application/vnd.ms-excel': { name: 'Excel', extensions: ['xls'] },
	'application/vnd.ms-powerpoint': { name: 'PowerPoint', extensions: ['ppt'] },
	[`${OPEN_XML}.wordprocessingml.document`]: { name: 'Word', extensions: ['docx'] },
	[`${OPEN_XML}.spreadsheetml.sheet`]: { name: 'Excel', extensions: ['xlsx'] },
	[`${OPEN_XML}.presentationml.presentation`]: { name: 'PowerPoint', extensions: ['pptx'] },
	[`${OPEN_DOCUMENT}.text`]: { name: 'OpenDocument', extensions: ['odt'] },
	[`${OPEN_DOCUMENT}.spreadsheet`]: { name: 'OpenDocument', extensions: ['ods'] },
	[`${OPEN_DOCUMENT}.presentation`]: { name: 'OpenDocument', extensions: ['odp'] },
	'text/plain': { name: 'text', extensions: ['txt', 'text', 'md', 'log'] },
	'text/html': { name: 'HTML', extensions: ['html', 'htm'] },
	'text/csv': { name: 'CSV', extensions: ['csv'] },
};

export function extensionOf(name: string): string {
	const dot = name.lastIndexOf('.');
	return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

function typeOfExtension(extension: string): string | undefined {
	return Object.entries(KINDS).find(([, kind]) => kind.extensions.includes(extension))?.[0];
}

/** Returns the type of a file by its declared type or extension, if known. */
export function typeOf({ name, type }: { name: string; type: string }): string | undefined {
	if (Object.hasOwn(KINDS, type)) return type;
	const byName = typeOfExtension(extensionOf(name));
	if (byName !== undefined) return byName;
	return type === '' || type === 'application/octet-stream' ? undefined : type;
}

/** Returns the `accept` attribute of a file input: types, and extensions for systems that don't know the types. */
export function acceptAttribute(accepts: readonly string[]): string {
	return accepts
		.flatMap((type) => [type, ...(KINDS[type]?.extensions ?? []).map((extension) => `.${extension}`)])
		.join(',');
}

/** Returns "PDF, PNG, JPEG and TIFF", each name once. */
export function typeNames(types: readonly string[]): string {
	const names = [...new Set(types.map((type) => KINDS[type]?.name ?? type))];
	return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names);
}

/** Types that a browser or pdf.js can show. */
const SHOWN: readonly string[] = ['application/pdf', 'image/png', 'image/jpeg', 'image/webp'];
/** Larger files are not downloaded for a preview. */
const MAX_BYTES = 25_000_000;

export function canPreview({ mime_type, size_bytes }: Pick<FileRow, 'mime_type' | 'size_bytes'>): boolean {
	return SHOWN.includes(mime_type) && size_bytes <= MAX_BYTES;
}

const MAX_TEXT_BYTES = 1_000_000;

/** Returns how the page can show an output: its pages, its text, or not at all. */
export function previewKindOf({ mime_type, size_bytes }: FileRow): 'pages' | 'text' | undefined {
	if (mime_type === 'text/plain' && size_bytes <= MAX_TEXT_BYTES) return 'text';
	return canPreview({ mime_type, size_bytes }) ? 'pages' : undefined;
}
