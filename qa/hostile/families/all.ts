import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';
import { casesOf, type Family } from '../hostile-case.ts';
import type { World } from '../world.ts';
import { encrypted } from './encrypted.ts';
import { endlessPdfs } from './endless-pdfs.ts';
import { fonts } from './fonts.ts';
import { htmlLinks } from './html-links.ts';
import { kinds } from './kinds.ts';
import { macros } from './macros.ts';
import { names } from './names.ts';
import { oddStructures } from './odd-structures.ts';
import { officeLinks } from './office-links.ts';
import { pageBombs } from './page-bombs.ts';
import { pdfActions } from './pdf-actions.ts';
import { pixelBombs } from './pixel-bombs.ts';
import { polyglots } from './polyglots.ts';
import { truncated } from './truncated.ts';
import { xmlBombs } from './xml-bombs.ts';
import { zipBombs } from './zip-bombs.ts';

export const FAMILIES: readonly Family[] = [
	...[kinds, polyglots, truncated, encrypted, names],
	...[zipBombs, pixelBombs, pageBombs, endlessPdfs, fonts, xmlBombs],
	...[oddStructures, pdfActions, officeLinks, htmlLinks, macros],
];

/** Returns the cases of each family, with a title that is unique among all of them. */
export function titledCases(world: World, manifests: readonly ToolManifest[]) {
	return FAMILIES.map((family) =>
		casesOf(family, world, manifests).map((one) => ({ title: `${family.name}: ${one.name}`, one })),
	);
}
