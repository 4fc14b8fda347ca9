import type { Relation } from '@creatorr/tools/testing/builders/ooxml';
import type { SecretFile } from '../../world.ts';

/** Documents of one type that refer to one kind of file at an address, by what refers to it. */
export interface LinkTable {
	mimeType: string;
	kind: SecretFile;
	documents: Readonly<Record<string, (address: string) => Buffer>>;
}

/** Stands for the address in the texts of {@link linkTable}. */
export const ADDRESS = '{address}';

/** Returns a table of documents that are made of a text with an address in it. */
export function linkTable(
	mimeType: string,
	kind: SecretFile,
	texts: Readonly<Record<string, string>>,
	make: (text: string, address: string) => Buffer,
	escapeAddress = escaped,
): LinkTable {
	const documents = Object.entries(texts).map(([name, text]) => [
		name,
		(address: string) =>
			make(
				text.replaceAll(ADDRESS, () => escapeAddress(address)),
				address,
			),
	]);
	return { mimeType, kind, documents: Object.fromEntries(documents) };
}

export const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** The relation rId9 to something outside of the document. */
export const external = (type: string, target: string): Relation[] => [
	{ id: 'rId9', type, target: escaped(target), isExternal: true },
];
