import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropCall,
	dropOperand,
	dropProperty,
	forceCondition,
	replaceCall,
	replaceProperty,
	replaceReturn,
	replaceText,
} from '../operators.ts';

const toolKit = inPackage('tool-kit');
const tools = inPackage('tools');

const DOCUMENT_DETECTION: readonly Mutant[] = [
	{
		name: 'detects the type of a document from its bytes, whatever is declared',
		mutations: [toolKit('chooseType', forceCondition(false, 'includes'))],
		test: 'trusts the bytes of a PDF over the declared type',
	},
	{
		name: 'does not mistake PostScript for a PDF',
		mutations: [toolKit('isPdf', replaceReturn('at >= 0'))],
		test: 'no PDF where PostScript precedes the header',
		isQuick: true,
	},
	{
		name: 'detects that a document is protected by a password',
		mutations: [toolKit('kindOf', replaceProperty('encrypted', 'false', 'ODF_MANIFEST'))],
		test: 'sniff detects a password on',
	},
	{
		name: 'reports a truncated container as damaged',
		mutations: [toolKit('identify', replaceText('corrupt_input', 'internal'))],
		test: 'throws corrupt_input for a container with a broken directory',
	},
	{
		name: 'does not read lines of a password as arguments',
		mutations: [tools('unlockPdf', dropOperand('test'))],
		test: 'reports a password of several lines as wrong, and doesn’t pass its lines as arguments',
	},
	{
		name: 'removes applets from HTML pages, which would crash LibreOffice',
		mutations: [
			tools(
				'open_document',
				replaceText('without_applets(source, request["import_filter"], APPLETLESS)', 'source'),
			),
		],
		test: 'HTML with an applet, without the applet',
	},
];

const LOGGED_PARAMS: readonly Mutant[] = [
	{
		name: 'redacts secret params in the log of a failed command',
		mutations: [toolKit('runTool', replaceText("redactError(error, hidden, ['cause'])", ''))],
		test: 'reports a failed command as cause, without its arguments, secrets and paths of this machine',
	},
	{
		name: 'redacts secret params in the log of a process that ended without a response',
		mutations: [toolKit('runTool', replaceText('redact(cause, hidden)', 'cause'))],
		test: 'reports how a prewarmed process without a response ended',
	},
];

const SECRETS_AND_CONTENT: readonly Mutant[] = [
	{
		name: 'keeps passwords out of the arguments of the plain LibreOffice command',
		mutations: [
			tools(
				'convertByCommand',
				replaceCall(
					'request',
					'((plain) => ({ ...plain, export_options: { ...plain.export_options, ...protectionOptions(input.params) } }))(request(input, source))',
				),
			),
			tools('convertByCommand', dropCall('protectPdf')),
		],
		test: 'no argument or environment variable of a process contains a password',
	},
	{
		name: 'encrypts a PDF that the plain LibreOffice command created',
		mutations: [tools('convertByCommand', dropCall('protectPdf'))],
		test: 'protects the PDF, with all characters that passwords may have',
	},
	{
		name: 'keeps the passwords of PDFs out of arguments',
		mutations: [
			tools(
				'execWithSecrets',
				replaceText(
					'return execWithFile',
					"return context.exec('qpdf', [...args], { readOnly: { [INPUT]: path } }); return execWithFile",
				),
			),
		],
		test: 'no argument or environment variable of a process contains a password',
	},
	{
		name: 'finds applets in UTF-16',
		mutations: [tools('ENCODINGS', replaceText('"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"', ''))],
		test: 'HTML with an applet, without the applet, in',
	},
	{
		name: 'hides paths of the sandbox in a file name field',
		mutations: [
			tools(
				'convert',
				replaceText('set_file_name_fields(document, Path(request["source"]), request["name"])', 'pass'),
			),
		],
		test: 'in fields of a text',
	},
];

const COMPRESSION: readonly Mutant[] = [
	{
		name: 'compresses pages whose content is an array of one stream',
		mutations: [tools('_pages', replaceText('isinstance(page.obj.Contents, Array)', 'False'))],
		test: 'a page whose content is an array of one stream',
	},
	{
		name: 'does not draw pages whose forms draw each other too often',
		mutations: [tools('_MAX_DRAWN_BYTES', replaceText('64 * 1024 * 1024', '2**99'))],
		test: 'when forms draw forms many times',
	},
];

const LEFTOVERS_OF_COMMANDS: readonly Mutant[] = [
	{
		name: 'follows no link that an earlier command left in the scratch directory',
		mutations: [toolKit('writeNew', dropCall('rm')), toolKit('writeNew', dropProperty('flag'))],
		test: 'writes through no link that a crashed process left',
	},
];

const SIZE_LIMITS: readonly Mutant[] = [
	{
		name: 'checks the sizes in an archive before it is unpacked',
		mutations: [toolKit('zipKind', dropCall('requireNoZipBomb'))],
		test: 'refuses a document that claims to unpack to a thousand times its size',
	},
	{
		name: 'refuses an archive with too many entries before it reads them',
		mutations: [toolKit('zipKind', dropCall('requireBoundedEntries'))],
		test: 'refuses a document with more entries than documents have',
	},
	{
		name: 'refuses parts with an extreme compression ratio',
		mutations: [toolKit('requireNoZipBomb', dropOperand('isOverCompressed'))],
		test: 'an entry that is compressed a thousandfold',
	},
	{
		name: 'refuses archives that unpack to too much in total',
		mutations: [toolKit('requireNoZipBomb', dropOperand('MAX_UNPACKED_BYTES'))],
		test: 'more than 1 GiB together',
	},
	{
		name: 'refuses overlapping parts',
		mutations: [toolKit('requireNoZipBomb', dropOperand('hasOverlap'))],
		test: 'entries that share bytes',
	},
	{
		name: 'limits the pages of a document',
		mutations: [toolKit('checkPageLimit', dropCall('checkPageLimit'))],
		test: 'throws limit_exceeded when the tool counts more pages than the plan allows',
	},
	{
		name: 'checks the pages of a result against the plan, whatever the tool did',
		mutations: [toolKit('runWithParams', dropCall('checkPageLimit'))],
		test: 'refuses the output of a tool that never checked the page limit',
	},
	{
		name: 'counts pages, whatever a document claims',
		mutations: [
			tools('countPages', replaceText('context.checkPageLimit(pages); return', 'return')),
			tools('countPages', replaceReturn('1', 'pages')),
			toolKit('runWithParams', dropCall('checkPageLimit')),
		],
		test: 'counts pages, whatever the file claims',
	},
	{
		name: 'refuses images of too many pixels',
		mutations: [tools('pages_of', replaceText('frame.width * frame.height > max_pixels', 'False'))],
		test: 'refuses an image that claims more pixels than its file can contain',
	},
	{
		name: 'limits the pixels of a rendered page, however large the page is',
		mutations: [tools('fitting', replaceText('sqrt(MAX_PIXELS / max(square_inches, 0.01))', 'dpi'))],
		test: 'limits the pixels of a huge page',
	},
	{
		name: 'refuses office documents with pictures of too many pixels',
		mutations: [tools('has_huge_picture', replaceText('pixels_of(package, part) > MAX_PIXELS', 'False'))],
		test: 'a document with a picture of too many pixels',
	},
	{
		name: 'refuses PDFs that unpack to more than a machine can hold',
		mutations: [tools('_is_bomb', replaceText('unpacked > MAX_BYTES', 'False'))],
		test: 'does not unpack a decompression bomb',
	},
	{
		name: 'limits the size of an input',
		mutations: [toolKit('requireInputSize', forceCondition(true, 'maxInputBytes'))],
		test: 'refuses an input that is larger than the tool accepts',
	},
];

/** Checks of documents, and protection of secrets that tools handle. */
export const DOCUMENTS: readonly Mutant[] = [
	...DOCUMENT_DETECTION,
	...LOGGED_PARAMS,
	...SECRETS_AND_CONTENT,
	...COMPRESSION,
	...LEFTOVERS_OF_COMMANDS,
	...SIZE_LIMITS,
];
