import { defineTool } from '@creatorr/tool-kit/manifest';
import {
	CSV,
	DOC,
	DOCX,
	HTML,
	ODP,
	ODS,
	ODT,
	PDF,
	PPT,
	PPTX,
	RTF,
	TEXT,
	XLS,
	XLSX,
} from '@creatorr/tool-kit/media-types';
import { withExtension } from '@creatorr/tool-kit/output-name';
import { z } from 'zod';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

export const manifest = defineTool({
	slug: 'office_to_pdf',
	title: 'Office to PDF',
	summary: 'Converts documents, spreadsheets and presentations to PDF. Nothing outside the file is fetched.',
	accepts: [DOCX, DOC, ODT, RTF, TEXT, HTML, XLSX, XLS, ODS, CSV, PPTX, PPT, ODP],
	params: z.strictObject({}),
	limits: {
		maxInputBytes: 512 * MIB,
		deadline: { baseMs: 120_000, perMiBMs: 5000, capMs: 10 * 60_000 },
		memoryBytes: 4 * GIB,
		maxFileBytes: 2 * GIB,
		maxProcesses: 256,
	},
	binaries: ['soffice', 'qpdf'],
	outputName: (inputName) => withExtension(inputName, '.pdf'),
	outputMimeType: () => PDF,
});
