import { deflateRawSync } from 'node:zlib';
import { DOCX, ODT, PPTX, XLSX } from '@creatorr/tool-kit/files/media-types';
import { odf, odfEntries } from '@creatorr/tools/testing/builders/odf';
import { docx, docxEntries, pptx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { overlappingZip, type ZipEntry, zipOf } from '@creatorr/tools/testing/builders/zip';
import { type Expected, type Family, fails, type HostileCase, succeeds } from '../hostile-case.ts';

const MIB = 1024 * 1024;
const TOO_MUCH = fails('limit_exceeded');
const bomb = (name: string, mebibytes: number): ZipEntry => ({
	name,
	content: Buffer.alloc(mebibytes * MIB, 0x20),
});
/** Says that it unpacks to so much; it does not. */
const claiming = (name: string, claimedBytes: number): ZipEntry => ({
	name,
	content: 'little',
	claimedBytes,
});

function nested(depth: number): Buffer {
	const innermost = zipOf([bomb('0.txt', 50)]);
	return Array.from({ length: depth }).reduce<Buffer>(
		(inner, _, level) =>
			zipOf(Array.from({ length: 10 }, (_, copy) => ({ name: `${level}-${copy}.zip`, content: inner }))),
		innermost,
	);
}

/** Parts whose stream goes on, beyond what the directory says, to so many bytes. */
function understated(name: string, mebibytes: number): ZipEntry {
	return { name, content: 'little', packed: deflateRawSync(Buffer.alloc(mebibytes * MIB, 0x20)) };
}

const MANY = Array.from({ length: 3000 }, (_, index) => `word/media/${index}.bin`);

/** Archives that unpack to more than anybody has. */
export const zipBombs: Family = {
	name: 'zip bombs',
	cases: () => {
		const of = (name: string, mimeType: string, make: () => Buffer, expected: Expected): HostileCase => ({
			...{ name, tool: 'office_to_pdf', fileName: 'a', mimeType, make, expected },
		});
		return [
			of(
				'a docx with a part of 100 MiB of blanks',
				DOCX,
				() => docx({ extra: [bomb('word/media/a.bin', 100)] }),
				TOO_MUCH,
			),
			of(
				'a docx whose text is 100 MiB of blanks',
				DOCX,
				() => docx({ main: Buffer.alloc(100 * MIB, 0x20) }),
				TOO_MUCH,
			),
			of(
				'an xlsx whose sheet is 100 MiB of blanks',
				XLSX,
				() => xlsx({ main: Buffer.alloc(100 * MIB, 0x20) }),
				TOO_MUCH,
			),
			of(
				'a pptx whose slide is 100 MiB of blanks',
				PPTX,
				() => pptx({ main: Buffer.alloc(100 * MIB, 0x20) }),
				TOO_MUCH,
			),
			of(
				'an odt whose text is 100 MiB of blanks',
				ODT,
				() => odf('text', { main: Buffer.alloc(100 * MIB, 0x20) }),
				TOO_MUCH,
			),
			of(
				'an ods with a part of 100 MiB of blanks',
				ODT,
				() => odf('spreadsheet', { extra: [bomb('Pictures/a.png', 100)] }),
				TOO_MUCH,
			),
			of(
				'many parts of 30 MiB',
				DOCX,
				() => docx({ extra: Array.from({ length: 40 }, (_, index) => bomb(`word/media/${index}.bin`, 30)) }),
				TOO_MUCH,
			),
			of(
				'a part that claims 4 GiB',
				DOCX,
				() => docx({ extra: [claiming('word/media/a.bin', 0xfffffff0)] }),
				TOO_MUCH,
			),
			of(
				'parts that claim 1 GiB together',
				ODT,
				() =>
					odf('text', {
						extra: Array.from({ length: 40 }, (_, index) => claiming(`Pictures/${index}.png`, 31 * MIB)),
					}),
				TOO_MUCH,
			),
			of(
				'parts made of one another’s bytes',
				DOCX,
				() => overlappingZip(docxEntries(), bomb('word/media/a.bin', 20), MANY),
				TOO_MUCH,
			),
			of(
				'parts made of one another’s bytes, in an odt',
				ODT,
				() => overlappingZip(odfEntries('text'), bomb('Pictures/a.png', 1), MANY),
				TOO_MUCH,
			),
			of(
				'a part that is longer than it says',
				DOCX,
				() => docx({ extra: [understated('word/media/a.bin', 200)] }),
				succeeds(/Harmless/),
			),
			of(
				'a text that is longer than it says',
				DOCX,
				() => zipOf([...docxEntries().slice(0, 2), understated('word/document.xml', 200)]),
				fails('corrupt_input'),
			),
			of(
				'content types that are longer than they say',
				DOCX,
				() => zipOf([understated('[Content_Types].xml', 200), ...docxEntries().slice(1)]),
				fails('corrupt_input'),
			),
			of(
				'a kind that is 200 MiB long',
				ODT,
				() => zipOf([bomb('mimetype', 200), ...odfEntries('text').slice(1)]),
				fails('unsupported_input'),
			),
			of(
				'archives in archives in archives',
				DOCX,
				() => docx({ extra: [{ name: 'word/embeddings/a.zip', content: nested(3), stored: true }] }),
				succeeds(/Harmless/),
			),
			of('archives in archives alone', DOCX, () => nested(3), fails('unsupported_input')),
			of(
				'a flood of 40,000 empty parts',
				DOCX,
				() =>
					docx({
						extra: Array.from({ length: 40_000 }, (_, index) => ({ name: `word/${index}`, content: '' })),
					}),
				TOO_MUCH,
			),
			of(
				'a flood of empty parts in an odt',
				ODT,
				() =>
					odf('text', {
						extra: Array.from({ length: 40_000 }, (_, index) => ({ name: `${index}`, content: '' })),
					}),
				TOO_MUCH,
			),
			of(
				'parts that lie outside of the archive',
				DOCX,
				() =>
					docx({
						extra: ['../../../../etc/cron.d/a', '/etc/passwd', 'C:\\a', '..\\a', 'word/../../a'].map(
							(name) => ({ name, content: 'x' }),
						),
					}),
				fails('corrupt_input'),
			),
			of(
				'a hundred parts of one name',
				DOCX,
				() =>
					docx({ extra: Array.from({ length: 100 }, () => ({ name: 'word/document.xml', content: 'x' })) }),
				fails('corrupt_input'),
			),
			of(
				'names of parts of 60,000 bytes',
				DOCX,
				() => docx({ extra: [{ name: 'n'.repeat(60_000), content: 'x' }] }),
				fails('corrupt_input'),
			),
			of(
				'parts that say they are encrypted',
				DOCX,
				() => zipOf(docxEntries().map((entry) => ({ ...entry, flags: 1 }))),
				fails('corrupt_input'),
			),
		];
	},
};
