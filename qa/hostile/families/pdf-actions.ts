import { PDF } from '@creatorr/tool-kit/files/media-types';
import type { Family } from '../hostile-case.ts';
import { hostilePages } from './pdf-pages.ts';

/** Compression, and OCR that renders every page again with Ghostscript. */
const TOOLS = {
	compressed: { tool: 'compress_heavy', params: {} },
	'rendered again by Ghostscript': {
		tool: 'ocr',
		params: { mode: 'force', deskew: false, rotate_pages: false },
	},
};

/** PDFs with actions for their reader: no tool performs them. */
export const pdfActions: Family = {
	name: 'PDF actions',
	cases: (world) =>
		Object.entries(TOOLS).flatMap(([as, { tool, params }]) =>
			hostilePages('PDF actions', world).flatMap(([expected, files]) =>
				Object.entries(files).map(([name, make]) => {
					return { name: `${name}, ${as}`, tool, fileName: 'a.pdf', mimeType: PDF, params, make, expected };
				}),
			),
		),
};
