import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from '@creatorr/tool-kit/command';
import { CSV, HTML, TEXT } from '@creatorr/tool-kit/media-types';
import type { Run, ToolContext } from '@creatorr/tool-kit/run';
import { inputPath, SANDBOX_SCRATCH } from '@creatorr/tool-kit/sandbox-files';
import { ToolError } from '@creatorr/tool-kit/tool-error';
import { throwOnLimit, toolFailed } from '../command-failure.ts';
import { countPages } from '../pdf/qpdf.ts';
import { EXTENSIONS, guessSeparator, importFilter } from './document-kind.ts';
import type { manifest } from './manifest.ts';
import { rewriteAsUtf8 } from './text.ts';

const OPENING_PROGRESS = 0.1;
const CONVERTED_PROGRESS = 0.9;

/** The document as a PDF, converted by a LibreOffice that has never seen another. */
export const run: Run<typeof manifest> = async (input, context) => {
	if (input.encrypted) {
		throw new ToolError(
			'encrypted_input',
			'The document needs a password to be opened. Remove it and try again.',
		);
	}
	const source = await prepareSource(context, input.path, input.mimeType);
	context.progress(OPENING_PROGRESS);
	const name = `document.${EXTENSIONS[input.mimeType]}`;
	const result = await context.exec('soffice', officeArguments(name, source.filter), {
		readOnly: { [name]: source.path },
	});
	const outputPath = join(context.scratchDir, 'document.pdf');
	await throwOnFailure(result, outputPath);
	context.progress(CONVERTED_PROGRESS);
	return { outputPath, warnings: [], details: { pages: await countPages(context, outputPath) } };
};

interface Source {
	path: string;
	filter: string | undefined;
}

async function prepareSource(context: ToolContext, path: string, mimeType: string): Promise<Source> {
	if (![TEXT, CSV, HTML].includes(mimeType)) return { path, filter: undefined };
	// HTML says itself what it is encoded in.
	if (mimeType === HTML) return { path, filter: importFilter(mimeType, '') };
	const utf8Path = join(context.scratchDir, 'utf8.txt');
	const start = await rewriteAsUtf8(path, utf8Path);
	return { path: utf8Path, filter: importFilter(mimeType, guessSeparator(start)) };
}

function officeArguments(name: string, filter: string | undefined): string[] {
	return [
		...['--headless', '--norestore', '--nolockcheck', '--nodefault', '--nologo'],
		'-env:UserInstallation=file:///tmp/profile',
		...(filter === undefined ? [] : [`--infilter=${filter}`]),
		...['--convert-to', 'pdf', '--outdir', SANDBOX_SCRATCH, inputPath(name)],
	];
}

/** LibreOffice's exit code says nothing about a document that it could not open: only the PDF's presence does. */
async function throwOnFailure(result: CommandResult, outputPath: string): Promise<void> {
	throwOnLimit(result);
	const isMade = await access(outputPath).then(
		() => true,
		() => false,
	);
	if (result.exitCode === 0 && isMade) return;
	if (/could not be loaded/.test(result.stderrTail)) {
		throw new ToolError(
			'corrupt_input',
			'The document could not be opened. Upload it again, or save it anew first.',
			{
				cause: result,
			},
		);
	}
	throw toolFailed(result);
}
