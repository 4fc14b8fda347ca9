import { MARK } from './pdf.ts';
import { type ZipEntry, zipOf } from './zip.ts';

const URN = 'urn:oasis:names:tc:opendocument:xmlns';
const NAMESPACES = [
	...['office', 'text', 'table', 'style', 'script', 'form', 'manifest', 'presentation'].map(
		(name) => `xmlns:${name}="${URN}:${name}:1.0"`,
	),
	`xmlns:draw="${URN}:drawing:1.0" xmlns:svg="${URN}:svg-compatible:1.0" xmlns:fo="${URN}:xsl-fo-compatible:1.0"`,
	'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ooo="http://openoffice.org/2004/office"',
].join(' ');

export type OdfKind = 'text' | 'spreadsheet' | 'presentation';

interface OdfParts {
	body?: string;
	/** XML before office:body: scripts, font faces, automatic styles. */
	head?: string;
	prolog?: string;
	/** The whole of content.xml. */
	main?: string | Buffer;
	extra?: readonly ZipEntry[];
	/** Media types of the extra parts, by name. */
	types?: Readonly<Record<string, string>>;
}

const BODIES: Readonly<Record<OdfKind, (more: string) => string>> = {
	text: (more) => `<text:p>${MARK}</text:p>${more}`,
	spreadsheet: (more) =>
		`<table:table table:name="One"><table:table-row><table:table-cell office:value-type="string"><text:p>${MARK}</text:p></table:table-cell></table:table-row>${more}</table:table>`,
	presentation: (more) =>
		`<draw:page draw:name="one"><draw:frame svg:width="20cm" svg:height="3cm" svg:x="2cm" svg:y="2cm"><draw:text-box><text:p>${MARK}</text:p></draw:text-box></draw:frame>${more}</draw:page>`,
};

/** Returns an OpenDocument file with the text "Harmless" and these parts. */
export function odf(kind: OdfKind, parts: OdfParts = {}): Buffer {
	return zipOf(odfEntries(kind, parts));
}

export function odfEntries(kind: OdfKind, parts: OdfParts = {}): ZipEntry[] {
	const mimeType = `application/vnd.oasis.opendocument.${kind}`;
	const types = { '/': mimeType, 'content.xml': 'text/xml', ...parts.types };
	const listed = Object.entries(types).map(
		([path, type]) => `<manifest:file-entry manifest:full-path="${path}" manifest:media-type="${type}"/>`,
	);
	const body = `<office:body><office:${kind}>${BODIES[kind](parts.body ?? '')}</office:${kind}></office:body>`;
	return [
		{ name: 'mimetype', content: mimeType, stored: true },
		{
			name: 'META-INF/manifest.xml',
			content: `<?xml version="1.0"?><manifest:manifest xmlns:manifest="${URN}:manifest:1.0" manifest:version="1.3">${listed.join('')}</manifest:manifest>`,
		},
		{
			name: 'content.xml',
			content:
				parts.main ??
				`<?xml version="1.0"?>${parts.prolog ?? ''}<office:document-content ${NAMESPACES} office:version="1.3">${parts.head ?? ''}${body}</office:document-content>`,
		},
		...(parts.extra ?? []),
	];
}
