import type { Family } from '../hostile-case.ts';
import { addressesOf } from './addresses.ts';
import { CORRUPT, forOffice, SHOWS_MARK } from './case-tables.ts';
import { SHEETS } from './links/sheets.ts';
import { TEXTS_AND_SLIDES } from './links/texts-and-slides.ts';
import { WORD } from './links/word.ts';

/** A URL: no backslash is allowed in it. */
const ODT_PICTURE = 'a picture of an odt';
/** Tried with all addresses. */
const COMMON = [
	...['a picture of a docx', 'the template of a docx', ODT_PICTURE, 'a section of an odt'],
	...['another book of an xlsx', 'a web function of an xlsx', 'a reference of an ods'],
];

/** Links out of office documents: none is followed, and nothing of the host is shown. */
export const officeLinks: Family = {
	name: 'office links',
	cases: (world) =>
		[...WORD, ...SHEETS, ...TEXTS_AND_SLIDES].flatMap(({ mimeType, kind, documents }) =>
			Object.entries(documents).flatMap(([name, make]) =>
				addressesOf(world, kind, COMMON.includes(name) ? 'all' : 'few').flatMap(([where, address]) => {
					const isRefused = name === ODT_PICTURE && address.includes('\\');
					const files = { [`${name}, ${where}`]: () => make(address) };
					return forOffice(mimeType, isRefused ? CORRUPT : SHOWS_MARK, files);
				}),
			),
		),
};
