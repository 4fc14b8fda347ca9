interface Kind {
	/** What people call it. */
	name: string;
	extensions: readonly string[];
}

const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';
const OPEN_XML = 'application/vnd.openxmlformats-officedocument';

/** Names and extensions of what tools take, so far; a type that is missing here goes by itself. */
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

export function typeOfExtension(extension: string): string | undefined {
	return Object.entries(KINDS).find(([, kind]) => kind.extensions.includes(extension))?.[0];
}

/** The best that is known of a file without looking into it; undefined where nothing is. */
export function typeOf({ name, type }: { name: string; type: string }): string | undefined {
	if (Object.hasOwn(KINDS, type)) return type;
	const byName = typeOfExtension(extensionOf(name));
	if (byName !== undefined) return byName;
	return type === '' || type === 'application/octet-stream' ? undefined : type;
}

/** For a file dialog: the types, and the extensions that systems know where they don't know the types. */
export function acceptAttribute(accepts: readonly string[]): string {
	return accepts
		.flatMap((type) => [type, ...(KINDS[type]?.extensions ?? []).map((extension) => `.${extension}`)])
		.join(',');
}

/** "PDF, PNG, JPEG and TIFF", each once. */
export function typeNames(types: readonly string[]): string {
	const names = [...new Set(types.map((type) => KINDS[type]?.name ?? type))];
	return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names);
}
