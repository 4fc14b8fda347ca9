import { PDF } from '@creatorr/tool-kit/files/media-types';
import { deflated, onePage, type RawObject, rawPdf } from '@creatorr/tools/testing/builders/pdf';
import { type Expected, type Family, fails, type HostileCase, succeeds } from '../hostile-case.ts';

const FINE = succeeds(/Harmless/);
const CORRUPT = fails('corrupt_input');

/** PDFs whose objects are of another kind than where they stand: no tool may fail of them without a reason. */
export const oddStructures: Family = {
	name: 'odd structures',
	cases: () => [...treesAndContents(), ...parts(), ...masks()],
};

function of(name: string, make: () => Buffer, expected: Expected = FINE): HostileCase {
	return { name, tool: 'compress_heavy', fileName: 'a.pdf', mimeType: PDF, make, expected };
}

function treesAndContents(): HostileCase[] {
	const page = (entries: string, tree = '/Count 1') =>
		rawPdf({
			objects: [
				'<< /Type /Catalog /Pages 2 0 R >>',
				`<< /Type /Pages /Kids [3 0 R] ${tree} >>`,
				`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] ${entries} >>`,
			],
		});
	const inArray = () =>
		Buffer.from(onePage({}).toString('latin1').replace('/Contents 4 0 R', '/Contents [4 0 R]'), 'latin1');
	return [
		of('content in an array of one stream', inArray),
		of('content that is a number', () => page('/Contents 7'), CORRUPT),
		of('a tree that counts no page', () => page('', '/Count 0'), CORRUPT),
		of('a tree that counts fewer than none', () => page('', '/Count -5'), CORRUPT),
		of('annotations that are a number', () => onePage({ page: '/Annots 7' }), CORRUPT),
	];
}

function parts(): HostileCase[] {
	const catalogs = {
		'attachments without an end': '/Names << /EmbeddedFiles << /Names [(a)] >> >>',
		'attachments that are a number': '/Names << /EmbeddedFiles 7 >>',
		'names that are an array': '/Names [(a)]',
		'a form whose fields are a number': '/AcroForm << /Fields 7 >>',
		'a form whose kids are a name': '/AcroForm << /Fields [<< /T (a) /Kids /Many >>] >>',
		'permissions that are an array': '/Perms [/UR3]',
		'layers that are a string': '/OCProperties << /OCGs (all) >>',
		'metadata that is a number': '/Metadata 7',
	};
	return Object.entries(catalogs).map(([name, catalog]) => of(name, () => onePage({ catalog })));
}

function masks(): HostileCase[] {
	const image = (entries: string): RawObject =>
		deflated(
			`/Type /XObject /Subtype /Image /Width 90 /Height 90 /BitsPerComponent 8 /ColorSpace /DeviceRGB ${entries}`,
			Buffer.alloc(90 * 90 * 3, 'color'),
		);
	const withImage = (entries: string) =>
		onePage({
			resources: '/XObject << /I 5 0 R >>',
			content: 'q 90 0 0 90 40 40 cm /I Do Q',
			objects: [image(entries)],
		});
	const keys = {
		'a color key of too few numbers': '/Mask [0 255]',
		'a color key of no numbers': '/Mask [/A /B /C /D /E /F]',
		'a color key beyond all values': '/Mask [-9 99999 -9 99999 -9 99999]',
		'a color key that is reversed': '/Mask [255 0 255 0 255 0]',
		'an image that is its own soft mask': '/SMask 5 0 R /Mask [0 255 0 255 0 255]',
	};
	return Object.entries(keys).map(([name, entries]) => of(name, () => withImage(entries)));
}
