const MAX_NAME_CHARACTERS = 255;

/**
 * Names the output of a tool as the API does: the suffix replaces the extension, and the stem is cut to keep the name within 255
 * characters. Text with spaces, or a long text, after the last dot is no extension.
 *
 * @param suffix of the tool's `output`, such as `.ocr.pdf`
 */
export function outputName(inputName: string, suffix: string): string {
	const stem = inputName.replace(/(?<=.)\.[^./\s]{0,15}$/su, '');
	return [...stem].slice(0, MAX_NAME_CHARACTERS - [...suffix].length).join('') + suffix;
}
