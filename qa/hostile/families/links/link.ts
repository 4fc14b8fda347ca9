import type { Relation } from '@creatorr/tools/testing/builders/ooxml';
import type { SecretFile } from '../../world.ts';

/** A way in which a document can name what lies outside of it. */
export interface Link {
	name: string;
	mimeType: string;
	/** What lies at the other end. */
	kind: SecretFile;
	make(address: string): Buffer;
	/** A URL, which no backslash may be in. */
	isUrl?: boolean;
	/** Tried with a few addresses only. */
	isRare?: boolean;
}

export const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
export const external = (type: string, target: string): Relation[] => [
	{ id: 'rId9', type, target: escaped(target), isExternal: true },
];
