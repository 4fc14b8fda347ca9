import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CSV, HTML, TEXT } from '@creatorr/tool-kit/files/media-types';
import { countPageNumbers } from '@creatorr/tool-kit/params/page-ranges';
import { inputPath, prewarmedInputPath, scratchPath } from '@creatorr/tool-kit/sandbox/paths';
import { writeNew } from '@creatorr/tool-kit/scratch/scratch';
import type { ParamsOf } from '@creatorr/tool-kit/tool/manifest';
import type { PrewarmedCommand, Run, ToolContext, ToolInput } from '@creatorr/tool-kit/tool/tool';
import { throwOnLimit, toolFailed } from '../command-failure.ts';
import { protectPdf } from '../pdf/protection.ts';
import { EXTENSIONS, exportFilter, guessSeparator, importFilter } from './document-kind.ts';
import { exportOptions, protectionOptions } from './export-options.ts';
import { fontWarnings } from './fonts.ts';
import type { manifest } from './manifest.ts';
import { isFailure, type OfficeResponse, responseSchema, toToolError } from './response.ts';
import { rewriteAsUtf8 } from './text.ts';

export { capabilities } from './fonts.ts';

/** The Python programs in the sandbox. */
export const PROGRAM = { office: fileURLToPath(new URL('./office', import.meta.url)) };
const INTERPRETER = ['-I', inputPath('office')];

/** LibreOffice, started and warmed up. */
export const prewarmed: PrewarmedCommand = {
	command: 'python3',
	args: [...INTERPRETER, 'serve'],
	readOnly: PROGRAM,
};

type Input = ToolInput<ParamsOf<typeof manifest>>;

const OUTPUT = 'document.pdf';
const REQUEST = 'request.json';
const DIED = { error: 'died' };
const FONTS_UNKNOWN = 'fonts_not_checked: Fonts couldn’t be checked. Missing ones may have been replaced.';
const INDEXES_AS_SAVED =
	'indexes_not_updated: Tables of contents and other indexes couldn’t be updated. They are as last saved.';

/** Converts the document to PDF, by default in a LibreOffice process that has opened no other document. */
export const run: Run<typeof manifest> = async (input, context) => {
	const source = await prepareSource(context, input);
	const warnings: string[] = [];
	let response = await requestPrewarmed(context, input, source);
	if (isFailure(response) && response.error === DIED.error) {
		response = await convertByCommand(context, input, source);
		warnings.push(FONTS_UNKNOWN, ...(input.params.update_indexes ? [INDEXES_AS_SAVED] : []));
	}
	if (isFailure(response)) throw toToolError(response, input);
	context.checkPageLimit(response.pages);
	return {
		outputPath: join(context.scratchDir, OUTPUT),
		warnings: [
			...warnings,
			...pageWarnings(input.params.page_ranges, response.pages),
			...fontWarnings(response.missing_fonts),
		],
		details: { pages: response.pages },
	};
};

/** Warns about missing pages: LibreOffice ignores them if at least one page exists. */
function pageWarnings(pageRanges: string | null, pages: number): string[] {
	if (pageRanges === null || pages >= countPageNumbers(pageRanges)) return [];
	return [
		`pages_missing: The document doesn’t have all of the pages ${pageRanges}. The PDF contains those that exist.`,
	];
}

interface Source {
	/** Name in the sandbox. LibreOffice uses its extension. */
	name: string;
	path: string;
	filter: string | undefined;
}

async function prepareSource(context: ToolContext, { path, mimeType }: Input): Promise<Source> {
	const name = `document.${EXTENSIONS[mimeType]}`;
	if (![TEXT, CSV, HTML].includes(mimeType)) return { name, path, filter: undefined };
	// HTML declares its own encoding.
	if (mimeType === HTML) return { name, path, filter: importFilter(mimeType, '') };
	const utf8Path = join(context.scratchDir, 'utf8.txt');
	const start = await rewriteAsUtf8(path, utf8Path);
	return { name, path: utf8Path, filter: importFilter(mimeType, guessSeparator(start)) };
}

function request({ params, mimeType }: Input, source: Source) {
	return {
		import_filter: source.filter ?? null,
		output: scratchPath(OUTPUT),
		export_filter: exportFilter(mimeType),
		export_options: exportOptions(params),
		landscape: params.landscape,
		update_indexes: params.update_indexes,
	};
}

async function requestPrewarmed(context: ToolContext, input: Input, source: Source): Promise<OfficeResponse> {
	const { params, name } = input;
	const plain = request(input, source);
	const command = {
		...plain,
		source: prewarmedInputPath(source.name),
		name,
		password: params.password,
		export_options: { ...plain.export_options, ...protectionOptions(params) },
	};
	const response = await context.request(command, { readOnly: { [source.name]: source.path } });
	return response === undefined ? DIED : responseSchema.parse(response);
}

/**
 * Converts a document on which the prewarmed process crashes, with LibreOffice's command. Every process on the machine can read its
 * arguments, so they contain no secret: the PDF is protected afterwards.
 */
async function convertByCommand(context: ToolContext, input: Input, source: Source): Promise<OfficeResponse> {
	const command = { ...request(input, source), source: inputPath(source.name) };
	await writeNew(join(context.scratchDir, REQUEST), JSON.stringify(command));
	const readOnly = { ...PROGRAM, [source.name]: source.path };
	const args = [...INTERPRETER, 'command', scratchPath(REQUEST)];
	const result = await context.exec('python3', args, { readOnly });
	throwOnLimit(result);
	if (/could not be loaded/.test(result.stderrTail)) return { error: 'corrupt' };
	const { password, landscape } = input.params;
	// The exit code does not show a document that failed to open, and the command supports neither of these params.
	const isDone = result.exitCode === 0 && result.stdoutTail !== '' && password === null && !landscape;
	if (!isDone) throw toolFailed(result);
	await protectPdf(context, OUTPUT, input.params);
	return responseSchema.parse(JSON.parse(result.stdoutTail));
}
