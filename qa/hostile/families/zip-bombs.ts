import { deflateRawSync } from 'node:zlib';
import { DOCX, ODT, PPTX, XLSX } from '@creatorr/tool-kit/files/media-types';
import { odf, odfEntries } from '@creatorr/tools/testing/builders/odf';
import { docx, docxEntries, pptx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { overlappingZip, type ZipEntry, zipOf } from '@creatorr/tools/testing/builders/zip';
import type { Family } from '../hostile-case.ts';
import { forOffice, SHOWS_MARK } from './case-tables.ts';

const MIB = 1024 * 1024;
const blanks = (mebibytes: number) => Buffer.alloc(mebibytes * MIB, 0x20);
const bomb = (name: string, mebibytes: number): ZipEntry => ({ name, content: blanks(mebibytes) });
/** An entry whose header claims this many unpacked bytes. */
const claiming = (name: string, claimedBytes: number): ZipEntry => ({
	name,
	content: 'little',
	claimedBytes,
});
/** An entry that unpacks to 200 MiB, which its header doesn't say. */
const understated = (name: string): ZipEntry => ({
	name,
	content: 'little',
	packed: deflateRawSync(blanks(200)),
});
const entries = (count: number, toEntry: (index: number) => ZipEntry) =>
	Array.from({ length: count }, (_, index) => toEntry(index));

/** Returns an archive with ten archives, each with ten archives, and so on to this depth. */
function nested(depth: number): Buffer {
	let archive = zipOf([bomb('0.txt', 50)]);
	for (let level = 0; level < depth; level += 1) {
		const content = archive;
		archive = zipOf(entries(10, (copy) => ({ name: `${level}-${copy}.zip`, content })));
	}
	return archive;
}

const MANY_NAMES = Array.from({ length: 3000 }, (_, index) => `word/media/${index}.bin`);
const OUTSIDE = ['../../../../etc/cron.d/a', '/etc/passwd', 'C:\\a', '..\\a', 'word/../../a'];

/** Archives that unpack to more than a job may use. */
export const zipBombs: Family = {
	name: 'zip bombs',
	cases: () => [
		...forOffice(DOCX, 'limit_exceeded', {
			'a docx with a part of 100 MiB of blanks': () => docx({ extra: [bomb('word/media/a.bin', 100)] }),
			'a docx whose text is 100 MiB of blanks': () => docx({ main: blanks(100) }),
			'many parts of 30 MiB': () =>
				docx({ extra: entries(40, (index) => bomb(`word/media/${index}.bin`, 30)) }),
			'a part that claims 4 GiB': () => docx({ extra: [claiming('word/media/a.bin', 0xfffffff0)] }),
			'overlapping parts': () => overlappingZip(docxEntries(), bomb('word/media/a.bin', 20), MANY_NAMES),
			'a flood of 40,000 empty parts': () =>
				docx({ extra: entries(40_000, (index) => ({ name: `word/${index}`, content: '' })) }),
		}),
		...forOffice(XLSX, 'limit_exceeded', {
			'an xlsx whose sheet is 100 MiB of blanks': () => xlsx({ main: blanks(100) }),
		}),
		...forOffice(PPTX, 'limit_exceeded', {
			'a pptx whose slide is 100 MiB of blanks': () => pptx({ main: blanks(100) }),
		}),
		...forOffice(ODT, 'limit_exceeded', {
			'an odt whose text is 100 MiB of blanks': () => odf('text', { main: blanks(100) }),
			'an ods with a part of 100 MiB of blanks': () =>
				odf('spreadsheet', { extra: [bomb('Pictures/a.png', 100)] }),
			'parts that claim 1 GiB together': () =>
				odf('text', { extra: entries(40, (index) => claiming(`Pictures/${index}.png`, 31 * MIB)) }),
			'overlapping parts, in an odt': () =>
				overlappingZip(odfEntries('text'), bomb('Pictures/a.png', 1), MANY_NAMES),
			'a flood of empty parts in an odt': () =>
				odf('text', { extra: entries(40_000, (index) => ({ name: `${index}`, content: '' })) }),
		}),
		...forOffice(DOCX, SHOWS_MARK, {
			'a part that is longer than it says': () => docx({ extra: [understated('word/media/a.bin')] }),
			'archives in archives in archives': () =>
				docx({ extra: [{ name: 'word/embeddings/a.zip', content: nested(3), stored: true }] }),
		}),
		...forOffice(DOCX, 'corrupt_input', {
			'a text that is longer than it says': () =>
				zipOf([...docxEntries().slice(0, 2), understated('word/document.xml')]),
			'content types that are longer than they say': () =>
				zipOf([understated('[Content_Types].xml'), ...docxEntries().slice(1)]),
			'parts that lie outside of the archive': () =>
				docx({ extra: OUTSIDE.map((name) => ({ name, content: 'x' })) }),
			'a hundred parts of one name': () =>
				docx({ extra: entries(100, () => ({ name: 'word/document.xml', content: 'x' })) }),
			'names of parts of 60,000 bytes': () => docx({ extra: [{ name: 'n'.repeat(60_000), content: 'x' }] }),
			'parts that say they are encrypted': () =>
				zipOf(docxEntries().map((entry) => ({ ...entry, flags: 1 }))),
		}),
		...forOffice(DOCX, 'unsupported_input', { 'archives in archives alone': () => nested(3) }),
		...forOffice(ODT, 'unsupported_input', {
			'a mimetype part of 200 MiB': () => zipOf([bomb('mimetype', 200), ...odfEntries('text').slice(1)]),
		}),
	],
};
