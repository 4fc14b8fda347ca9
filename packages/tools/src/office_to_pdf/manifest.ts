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
} from '@creatorr/tool-kit/files/media-types';
import { withExtension } from '@creatorr/tool-kit/files/output-name';
import { choiceParam } from '@creatorr/tool-kit/params/choice-param';
import { pageRangesSchema } from '@creatorr/tool-kit/params/page-ranges';
import { secretParam } from '@creatorr/tool-kit/params/secret-params';
import { defineTool } from '@creatorr/tool-kit/tool/manifest';
import { PILLOW, type Program, QPDF } from '@creatorr/tool-kit/tool/programs';
import { z } from 'zod';

const MB = 1_000_000;
const GIB = 1024 ** 3;

const flag = (standard: boolean, description: string, title?: string) =>
	z
		.boolean()
		.default(standard)
		.meta({ description, ...(title && { title }) });

const params = z
	.strictObject({
		page_ranges: pageRangesSchema
			.nullable()
			.default(null)
			.meta({ title: 'Pages', 'x-nullTitle': 'All pages', description: 'Pages to convert, such as 1-3,5.' }),
		landscape: flag(false, 'Lay out portrait pages in landscape. Line and page breaks will move.'),
		password: secretParam(
			'Opens a password-protected document. The PDF has no password unless you set a new one.',
			'Password of the document',
		),
		pdfa: choiceParam(
			{
				none: { title: 'No' },
				'1b': { title: 'PDF/A-1b', description: 'The oldest version, without transparency.' },
				'2b': { title: 'PDF/A-2b', description: 'Fits most archives.' },
				'3b': { title: 'PDF/A-3b', description: 'Like PDF/A-2b, and allows attached files.' },
			},
			{
				title: 'Archive format (PDF/A)',
				description: 'For long-term storage: the file contains all it needs, such as fonts.',
				default: 'none',
			},
		),
		pdfua: flag(false, 'Adds structure for screen readers.', 'Accessible PDF (PDF/UA)'),
		single_page_sheets: flag(false, 'Fit each sheet of a spreadsheet on one page.', 'One page per sheet'),
		update_indexes: flag(true, 'Update tables of contents and other indexes first.'),
		export_bookmarks: flag(true, 'Export headings as bookmarks.'),
		export_form_fields: flag(true, 'Keep form fields fillable.'),
		export_notes: flag(false, 'Keep comments as notes in the PDF.', 'Export comments'),
		export_hidden_slides: flag(false, 'Include hidden slides of a presentation.'),
		lossless_images: flag(
			false,
			'Keep the full quality of images instead of compressing them as JPEG. The PDF gets larger.',
		),
		image_quality: z
			.int()
			.min(1)
			.max(100)
			.default(90)
			.meta({ description: 'JPEG quality of images, in percent.' }),
		max_image_dpi: z.int().min(36).max(2400).default(300).meta({
			title: 'Image resolution (DPI)',
			description: 'Images with a higher resolution are reduced to this.',
		}),
		user_password: secretParam('The PDF can’t be opened without it.', 'New password to open the PDF'),
		owner_password: secretParam(
			'Editing and copying need it. Reading and printing don’t.',
			'New password to edit the PDF',
		),
	})
	.superRefine(({ pdfa, user_password, owner_password }, context) => {
		if (pdfa === 'none') return;
		for (const [name, password] of Object.entries({ user_password, owner_password })) {
			if (password === null) continue;
			const message = 'not possible for PDF/A; leave it empty, or set params.pdfa to none';
			context.addIssue({ code: 'custom', path: [name], message });
		}
	});

const LIBREOFFICE: Program = {
	name: 'LibreOffice',
	license: 'MPL-2.0',
	copyrightText: 'MPL-2.0',
	packages: [
		...['writer', 'calc', 'impress'].map((part) => `libreoffice-${part}-nogui`),
		// Without the user interface's files, LibreOffice crashes on texts that have comments.
		...['libreoffice-uiconfig-writer', 'python3-uno'],
	],
	purpose: 'converts documents',
	// fc-list comes with fontconfig, which LibreOffice depends on.
	binaries: ['soffice', 'fc-list'],
	pythonModules: ['uno'],
};

const FONTS: readonly Program[] = [
	{
		name: 'Liberation fonts',
		license: 'OFL-1.1',
		copyrightText: 'SIL-OFL-1.1',
		packages: ['fonts-liberation'],
	},
	{
		name: 'Liberation Sans Narrow',
		license: 'GPL-2.0-only WITH Font-exception-2.0',
		copyrightText: 'GPL-2 with Font exception',
		packages: ['fonts-liberation-sans-narrow'],
	},
	{
		name: 'DejaVu fonts',
		license: 'Bitstream-Vera',
		copyrightText: 'bitstream-vera',
		packages: ['fonts-dejavu-core'],
	},
	{
		name: 'Carlito, Caladea',
		license: 'OFL-1.1',
		copyrightText: 'OFL-1.1',
		packages: ['fonts-crosextra-carlito', 'fonts-crosextra-caladea'],
	},
	{
		name: 'Droid fallback',
		license: 'Apache-2.0',
		copyrightText: 'Apache',
		packages: ['fonts-droid-fallback'],
	},
];

export const manifest = defineTool({
	slug: 'office_to_pdf',
	title: 'Office to PDF',
	summary:
		'Converts Word, Excel, PowerPoint and other documents to PDF. Pictures that are stored on the internet, not in the document itself, will be missing.',
	accepts: [DOCX, DOC, ODT, RTF, TEXT, HTML, XLSX, XLS, ODS, CSV, PPTX, PPT, ODP],
	params,
	result: z.object({ pages: z.int().meta({ description: 'Pages in the PDF.' }) }),
	limits: {
		maxInputBytes: 550 * MB,
		deadline: { baseMs: 120_000, perMiBMs: 5000, capMs: 10 * 60_000 },
		memoryBytes: 4 * GIB,
		maxFileBytes: 2 * GIB,
		maxProcesses: 256,
	},
	expected: { perMiBMs: 1_000 },
	cliAlias: 'convert',
	jobsPerWorker: 8,
	programs: [LIBREOFFICE, ...FONTS.map((font) => ({ ...font, purpose: 'fonts' })), QPDF, PILLOW],
	hostileFamilies: [
		...['kinds', 'polyglots', 'truncated', 'encrypted', 'names', 'zip bombs'],
		...['pixel bombs', 'page bombs', 'fonts', 'XML bombs', 'office links', 'HTML links', 'macros'],
	],
	outputName: (inputName) => withExtension(inputName, '.pdf'),
	outputMimeType: () => PDF,
});
