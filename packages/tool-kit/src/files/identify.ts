import type { ToolManifest } from '../tool/manifest.ts';
import { ToolError } from '../tool/tool-error.ts';
import { CSV, DOCX, type FileKind, HTML, PPTX, TEXT, TYPE_NAMES, XLSX } from './media-types.ts';
import { extensionOf } from './output-name.ts';
import { sniff } from './sniff.ts';

const TEXT_TYPES: readonly string[] = [TEXT, HTML, CSV];
const ENCRYPTED_OOXML_TYPES: readonly string[] = [DOCX, XLSX, PPTX];
const BY_EXTENSION: Readonly<Record<string, string>> = {
	txt: TEXT,
	htm: HTML,
	html: HTML,
	csv: CSV,
	docx: DOCX,
	xlsx: XLSX,
	pptx: PPTX,
};

interface Candidate {
	path: string;
	name: string;
	/** Declared by the file's owner. Decides only if the bytes match several types. */
	mimeType: string;
}

/**
 * Returns which of the tool's accepted types the input has. Throws a ToolError: `unsupported_input` for another type,
 * `corrupt_input` for a damaged container, `limit_exceeded` for one that unpacks to too much. Throws the signal's reason once that is
 * aborted.
 */
export async function identify(
	input: Candidate,
	manifest: ToolManifest,
	signal: AbortSignal,
): Promise<FileKind> {
	const sniffed = await sniff(input.path, signal).catch((cause: unknown) => {
		signal.throwIfAborted();
		if (cause instanceof ToolError) throw cause;
		throw new ToolError(
			'corrupt_input',
			'The file is damaged or incomplete. Upload it again, or open it and save a new copy.',
			{ cause },
		);
	});
	const mimeType = chooseType(sniffed, input);
	if (manifest.accepts.includes(mimeType)) return { ...sniffed, mimeType };
	const accepted = manifest.accepts.map(typeName).join(', ');
	const found = TYPE_NAMES[mimeType];
	const isMisnamed = extensionOf(input.name) !== '';
	const what = found
		? `${isMisnamed ? 'Despite its name, this' : 'This'} is ${asNoun(found)}.`
		: 'The type of this file isn’t recognized.';
	throw new ToolError(
		'unsupported_input',
		`${what} This tool accepts ${accepted}. Use a tool that accepts this file, or convert it first.`,
	);
}

/** If the bytes match several types, the declared type decides, then the name's extension. */
function chooseType(sniffed: FileKind, input: Candidate): string {
	const choice = sniffed.encrypted && sniffed.mimeType === DOCX ? ENCRYPTED_OOXML_TYPES : TEXT_TYPES;
	if (!choice.includes(sniffed.mimeType)) return sniffed.mimeType;
	const declared = input.mimeType.split(';')[0]?.trim().toLowerCase() ?? '';
	const byExtension = BY_EXTENSION[extensionOf(input.name)] ?? '';
	return [declared, byExtension].find((type) => choice.includes(type)) ?? sniffed.mimeType;
}

/** The article follows pronunciation: an HTML file, a PDF file. */
function asNoun(name: string): string {
	const article = /^(?:[AEIO]|HTML|RTF)/.test(name) ? 'an' : 'a';
	return `${article} ${name}${name.endsWith('archive') ? '' : ' file'}`;
}

function typeName(mimeType: string): string {
	return TYPE_NAMES[mimeType] ?? mimeType;
}
