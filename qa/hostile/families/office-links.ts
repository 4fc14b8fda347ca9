import { type Family, fails, type HostileCase, succeeds } from '../hostile-case.ts';
import type { World } from '../world.ts';
import { addresses } from './addresses.ts';
import { RICH_TEXT } from './links/rich-text.ts';
import { SHEETS } from './links/sheets.ts';
import { TEXTS_AND_SLIDES } from './links/texts-and-slides.ts';
import { WORD } from './links/word.ts';

const FEW = ['on the web', 'on this machine'];

/** Links out of office documents: none is followed, and nothing of this machine is shown. */
export const officeLinks: Family = {
	name: 'office links',
	cases: (world: World) =>
		[...WORD, ...SHEETS, ...TEXTS_AND_SLIDES, ...RICH_TEXT].flatMap((link) =>
			Object.entries(addresses(world, link.kind))
				.filter(([where]) => !link.isRare || FEW.includes(where))
				.map(
					([where, address]): HostileCase => ({
						name: `${link.name}, ${where}`,
						...{ tool: 'office_to_pdf', fileName: 'a', mimeType: link.mimeType },
						make: () => link.make(address),
						expected: link.isUrl && address.includes('\\') ? fails('corrupt_input') : succeeds(/Harmless/),
					}),
				),
		),
};
