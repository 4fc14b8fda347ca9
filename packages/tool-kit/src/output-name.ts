import { characterCount } from '@creatorr/contracts/text';

const MAX_NAME_CHARACTERS = 255;
const MAX_EXTENSION_CHARACTERS = 16;

/**
 * The name with its extension replaced: `report.docx` and `.pdf` give `report.pdf`. A name without an extension gets one, and
 * the stem is cut where the whole would be longer than the 255 characters that a file's name may have.
 */
export function withExtension(name: string, extension: string): string {
	const stem = stemOf(name);
	const room = MAX_NAME_CHARACTERS - characterCount(extension);
	return [...stem].slice(0, room).join('') + extension;
}

/** The part after the last dot, lower-cased, or '' where there is none. */
export function extensionOf(name: string): string {
	return name.slice(stemOf(name).length + 1).toLowerCase();
}

// A dot in first place starts a hidden file's name, and what follows a far dot is no extension but part of a sentence.
function stemOf(name: string): string {
	const dot = name.lastIndexOf('.');
	const isExtension =
		dot > 0 && name.length - dot <= MAX_EXTENSION_CHARACTERS && !/[\s/]/.test(name.slice(dot));
	return isExtension ? name.slice(0, dot) : name;
}
