import { ODT, PDF } from '@creatorr/tool-kit/files/media-types';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { onePage } from '@creatorr/tools/testing/builders/pdf';
import { z } from 'zod';
import { readPayloads } from '../../driver/payloads.ts';
import type { Family } from '../hostile-case.ts';
import { SECRET_VARIABLE } from '../world.ts';
import { casesFor, SHOWS_MARK } from './case-tables.ts';

const NAMES = readPayloads(
	new URL('./names.yaml', import.meta.url),
	z.record(
		z.string(),
		z.string().transform((name) => name.replaceAll('{secret variable}', SECRET_VARIABLE)),
	),
);

const FIELD = '<text:p><text:file-name text:display="full">saved</text:file-name></text:p>';

/** Hostile file names: no command and no path contains them. A field of a document may show its own. */
export const names: Family = {
	name: 'names',
	cases: () =>
		Object.entries(NAMES).flatMap(([what, fileName], index) =>
			index % 3 === 0
				? casesFor('office_to_pdf', { fileName, mimeType: ODT }, SHOWS_MARK, {
						[what]: () => odf('text', { body: FIELD }),
					})
				: casesFor('compress_heavy', { fileName, mimeType: PDF }, SHOWS_MARK, { [what]: () => onePage({}) }),
		),
};
