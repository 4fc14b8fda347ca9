import type { Defence } from './defence.ts';

const KIT = 'packages/tool-kit/src';
const TOOLS = 'packages/tools/src';
const SNIFF = { suite: `${KIT}/sniff.test.ts` };
const IDENTIFY = { file: `${KIT}/identify.ts`, suite: `${KIT}/identify.test.ts` };
const BOMB = { file: `${KIT}/zip-bomb.ts`, suite: `${KIT}/zip-bomb.test.ts` };
const ZIP_KIND = { file: `${KIT}/zip-kind.ts`, ...SNIFF };

const WHAT_IT_IS: readonly Defence[] = [
	{
		name: 'goes by the bytes of a document, whatever is declared',
		...IDENTIFY,
		code: 'if (!choice.includes(sniffed.mimeType)) return sniffed.mimeType;',
		without: '',
		test: 'goes by the bytes of a PDF, whatever is declared',
	},
	{
		name: 'takes no PostScript for a PDF',
		file: `${KIT}/sniff.ts`,
		code: "return at === 0 || (at > 0 && !magic.slice(0, at).replace(UTF8_BOM, '').includes('%!'));",
		without: 'return at >= 0;',
		...SNIFF,
		test: 'no PDF where PostScript stands before the header',
	},
	{
		name: 'sees that a password protects a document',
		...ZIP_KIND,
		code: "encrypted: /encryption-data\\b/.test(texts.get(ODF_MANIFEST) ?? '')",
		without: 'encrypted: false',
		test: 'sniff tells that a password protects',
	},
	{
		name: 'says of a container that is cut short that it is damaged',
		...IDENTIFY,
		code: "'corrupt_input',\n\t\t\t'The file is damaged",
		without: "'internal',\n\t\t\t'The file is damaged",
		test: 'calls a container with a broken directory corrupt',
	},
	{
		name: 'takes the lines of a password for no arguments',
		file: `${TOOLS}/pdf/protection.ts`,
		code: 'const isOneLine = password !== null && !/[\\r\\n]/.test(password);',
		without: 'const isOneLine = password !== null;',
		suite: `${TOOLS}/ocr/errors.test.ts`,
		test: 'a password of several lines is a wrong one, and its lines are no arguments',
	},
	{
		name: 'takes applets out of pages of HTML, which would end the office',
		file: `${TOOLS}/office_to_pdf/office/conversion.py`,
		code: 'without_applets(source, request["import_filter"], APPLETLESS)',
		without: 'source',
		suite: `${TOOLS}/office_to_pdf/run.test.ts`,
		test: 'HTML with an applet, without it',
	},
];

const WHAT_IS_LOGGED: readonly Defence[] = [
	{
		name: 'redacts secret params in what the log gets of a failed command',
		file: `${KIT}/run-tool.ts`,
		code: "redactError(error, hidden, ['cause'])",
		without: 'void hidden',
		suite: 'packages/tool-kit/test/run-tool.test.ts',
		test: 'gives the log how a command failed, without its arguments, secrets and paths of this machine',
	},
	{
		name: 'redacts secret params in what the log gets of a process that ended instead of answering',
		file: `${KIT}/run-tool.ts`,
		code: 'request.onRecovered?.(redacted(cause, hidden))',
		without: 'request.onRecovered?.(cause)',
		suite: 'packages/tool-kit/test/run-tool.test.ts',
		test: 'gives the log how a process ended that was to answer',
	},
];

const WHAT_OTHERS_READ: readonly Defence[] = [
	{
		name: 'keeps passwords out of the arguments of the office’s plain command',
		file: `${TOOLS}/office_to_pdf/run.ts`,
		code: 'const question = { ...request(input, source), source: inputPath(source.name) };',
		without:
			'const plain = request(input, source);\n\tconst question = { ...plain, source: inputPath(source.name), export_options: { ...plain.export_options, ...protectionOptions(input.params) } };',
		also: [
			{
				file: `${TOOLS}/office_to_pdf/run.ts`,
				code: 'await protectPdf(context, OUTPUT, input.params);',
				without: '',
			},
		],
		suite: 'packages/tools/test/secrets.test.ts',
		test: 'no argument and no variable of a process has a password',
	},
	{
		name: 'protects a PDF that the office’s plain command made',
		file: `${TOOLS}/office_to_pdf/run.ts`,
		code: 'await protectPdf(context, OUTPUT, input.params);',
		without: '',
		suite: `${TOOLS}/office_to_pdf/run.test.ts`,
		test: 'protects the PDF with all that passwords may hold',
	},
	{
		name: 'keeps the passwords of PDFs out of arguments',
		file: `${TOOLS}/pdf/protection.ts`,
		code: 'function execWithSecrets(context: ToolContext, path: string, args: readonly string[]) {',
		without:
			"function execWithSecrets(context: ToolContext, path: string, args: readonly string[]) {\n\tif (path) return context.exec('qpdf', [...args], { readOnly: { [INPUT]: path } });",
		suite: 'packages/tools/test/secrets.test.ts',
		test: 'no argument and no variable of a process has a password',
	},
	{
		name: 'finds applets in UTF-16',
		file: `${TOOLS}/office_to_pdf/office/applets.py`,
		code: '"ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"',
		without: '"ascii",',
		suite: `${TOOLS}/office_to_pdf/run.test.ts`,
		test: 'HTML with an applet, without it, in',
	},
	{
		name: 'shows no path of the sandbox in a field of the file’s name',
		file: `${TOOLS}/office_to_pdf/office/conversion.py`,
		code: 'name_by_owner(document, Path(request["source"]), request["name"])',
		without: 'pass',
		suite: `${TOOLS}/office_to_pdf/run.test.ts`,
		test: 'in fields of a text',
	},
];

const WHAT_COMMANDS_LEAVE: readonly Defence[] = [
	{
		name: 'writes through no link that an earlier command left in the scratch directory',
		file: `${KIT}/write-new.ts`,
		code: "await rm(path, { recursive: true, force: true });\n\tawait writeFile(path, content, { flag: 'wx' });",
		without: 'await writeFile(path, content);',
		suite: `${TOOLS}/compress_heavy/failures.test.ts`,
		test: 'writes through no link that a dying process left',
	},
];

const HOW_LARGE_IT_GETS: readonly Defence[] = [
	{
		name: 'measures an archive before anything unpacks it',
		...ZIP_KIND,
		code: 'if (kind.mimeType !== ZIP) requireNoBomb(parts);',
		without: '',
		test: 'a document that says it unpacks to a thousand times what it is',
	},
	{
		name: 'refuses a flood of entries before it looks at them',
		...ZIP_KIND,
		code: 'requireFewEntries(zip.entryCount);',
		without: '',
		test: 'a document of more parts than documents have',
	},
	{
		name: 'refuses parts that are packed a thousandfold',
		...BOMB,
		code: 'parts.some(isOverfull) || ',
		without: '',
		test: 'a part that is packed a thousandfold',
	},
	{
		name: 'refuses more than an archive may unpack to in all',
		...BOMB,
		code: 'unpackedBytes > MAX_UNPACKED_BYTES || ',
		without: '',
		test: 'more than 1 GiB together',
	},
	{
		name: 'refuses parts that are made of each other’s bytes',
		...BOMB,
		code: ' || doOverlap(parts)',
		without: '',
		test: 'parts that share bytes',
	},
	{
		name: 'bounds the pages of a document',
		file: 'packages/tool-kit/src/run-tool.ts',
		code: 'requirePages(count, request.pageLimit);',
		without: '',
		suite: 'packages/tool-kit/test/run-tool.test.ts',
		test: 'ends where the tool counts more pages than the plan takes',
	},
	{
		name: 'counts pages, whatever a document claims',
		file: `${TOOLS}/pdf/qpdf.ts`,
		code: 'if (pages > 0) return pages;',
		without: 'return 1;',
		suite: `${TOOLS}/ocr/errors.test.ts`,
		test: 'pages are counted, whatever the file claims',
	},
	{
		name: 'refuses images of too many pixels',
		file: `${TOOLS}/ocr/python/image_to_pdf.py`,
		code: 'if frame.width * frame.height > max_pixels:',
		without: 'if False:',
		suite: `${TOOLS}/ocr/errors.test.ts`,
		test: 'an image of more pixels than it could hold is refused',
	},
	{
		name: 'draws a page with only so many pixels, however large it is',
		file: `${TOOLS}/ocr/python/page_raster.py`,
		code: 'return min(dpi, sqrt(MOST_PIXELS / max(square_inches, 0.01)))',
		without: 'return dpi',
		suite: `${TOOLS}/ocr/errors.test.ts`,
		test: 'a page of a hall’s size is drawn with as many pixels as others have',
	},
	{
		name: 'refuses office documents with pictures of too many pixels',
		file: `${TOOLS}/office_to_pdf/office/pictures.py`,
		code: 'return any(pixels_of(package, part) > MOST_PIXELS for part in parts if not part.filename.endswith(TEXTS))',
		without: 'return False',
		suite: `${TOOLS}/office_to_pdf/run.test.ts`,
		test: 'a document with a picture of too many pixels',
	},
	{
		name: 'refuses PDFs that unpack to more than a machine can hold',
		file: `${TOOLS}/compress_heavy/optimiser/bombs.py`,
		code: 'if unpacked > MAX_BYTES:',
		without: 'if False:',
		suite: `${TOOLS}/compress_heavy/errors.test.ts`,
		test: 'does not unpack a bomb',
	},
	{
		name: 'bounds the bytes of an input',
		file: 'packages/tool-kit/src/run-tool.ts',
		code: 'if (sizeBytes <= limits.maxInputBytes) return;',
		without: 'return;',
		suite: 'packages/tool-kit/test/run-tool.test.ts',
		test: 'refuses an input larger than the tool takes',
	},
];

/** What keeps a document from doing harm before a tool's program opens it. */
export const DOCUMENTS: readonly Defence[] = [
	...WHAT_IT_IS,
	...WHAT_IS_LOGGED,
	...WHAT_OTHERS_READ,
	...WHAT_COMMANDS_LEAVE,
	...HOW_LARGE_IT_GETS,
];
