import { characterCount } from '@creatorr/contracts/text';

const MAX_NAME_CHARACTERS = 255;
const MAX_EXTENSION_CHARACTERS = 16;

/**
 * Replaces the extension of a name: `report.docx` and `.pdf` give `report.pdf`. A name without an extension gets one. The stem
 * is cut if the whole would exceed the 255 characters of a file name.
 */
export function withExtension(name: string, extension: string): string {
	const stem = stemOf(name);
	const room = MAX_NAME_CHARACTERS - characterCount(extension);
	return [...stem].slice(0, room).join('') + extension;
}

/** Returns the part after the last dot in lower case, or '' if there is none. */
export function extensionOf(name: string): string {
	return name.slice(stemOf(name).length + 1).toLowerCase();
}

// A leading dot marks a hidden file, and text of more than 16 characters after a dot is part of a sentence, not an extension.
function stemOf(name: string): string {
	const dot = name.lastIndexOf('.');
	const isExtension =
		dot > 0 && name.length - dot <= MAX_EXTENSION_CHARACTERS && !/[\s/]/.test(name.slice(dot));
	return isExtension ? name.slice(0, dot) : name;
}
