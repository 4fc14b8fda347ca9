import type { ToolManifest } from './manifest.ts';
import { CSV, DOCX, HTML, PPTX, TEXT, TYPE_NAMES, XLSX } from './media-types.ts';
import { extensionOf } from './output-name.ts';
import { sniff } from './sniff.ts';
import { ToolError } from './tool-error.ts';
import type { ContainerKind } from './zip-kind.ts';

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
	/** As its owner declared it: it decides only where the bytes leave a choice. */
	mimeType: string;
}

/**
 * What the input is, one of the types that the tool accepts. Throws a ToolError: `unsupported_input` for another type,
 * `corrupt_input` for a damaged container, `limit_exceeded` for one that unpacks to too much.
 */
export async function identify(input: Candidate, manifest: ToolManifest): Promise<ContainerKind> {
	const sniffed = await sniff(input.path).catch((cause: unknown) => {
		if (cause instanceof ToolError) throw cause;
		throw new ToolError(
			'corrupt_input',
			'The file is damaged or incomplete. Upload it again, or re-save it first.',
			{
				cause,
			},
		);
	});
	const mimeType = settle(sniffed, input);
	if (manifest.accepts.includes(mimeType)) return { ...sniffed, mimeType };
	const accepted = manifest.accepts.map(typeName).join(', ');
	const found = TYPE_NAMES[mimeType];
	const what = found ? `Despite its name, this is ${asNoun(found)}.` : 'Its type isn’t recognized.';
	throw new ToolError('unsupported_input', `Unsupported file. ${what} This tool accepts ${accepted}.`);
}

/** Kinds that bytes can't tell apart are told by the declared type, then by the name's extension. */
function settle(sniffed: ContainerKind, input: Candidate): string {
	const choice = sniffed.encrypted && sniffed.mimeType === DOCX ? ENCRYPTED_OOXML_TYPES : TEXT_TYPES;
	if (!choice.includes(sniffed.mimeType)) return sniffed.mimeType;
	const declared = input.mimeType.split(';')[0]?.trim().toLowerCase() ?? '';
	const byExtension = BY_EXTENSION[extensionOf(input.name)] ?? '';
	return [declared, byExtension].find((type) => choice.includes(type)) ?? sniffed.mimeType;
}

/** The article goes by how a name is spoken: an HTML file, a PDF file. */
function asNoun(name: string): string {
	const article = /^(?:[AEIO]|HTML|RTF)/.test(name) ? 'an' : 'a';
	return `${article} ${name}${/archive|container/.test(name) ? '' : ' file'}`;
}

function typeName(mimeType: string): string {
	return TYPE_NAMES[mimeType] ?? mimeType;
}
