import type { CommandResult } from '@creatorr/tool-kit/command';
import type { ToolContext } from '@creatorr/tool-kit/run';
import { inputPath } from '@creatorr/tool-kit/sandbox-files';
import { ToolError } from '@creatorr/tool-kit/tool-error';
import { throwOnLimit } from '../command-failure.ts';

const SUCCEEDED_WITH_WARNINGS = 3;
const INPUT = 'input.pdf';

/** How many pages the PDF at `path` has. Throws a ToolError for one that is damaged beyond repair or needs a password. */
export async function countPages(context: ToolContext, path: string): Promise<number> {
	const result = await context.exec('qpdf', ['--show-npages', '--', inputPath(INPUT)], {
		readOnly: { [INPUT]: path },
	});
	throwOnUnreadable(result);
	const pages = Number(result.stdoutTail);
	if (Number.isInteger(pages) && pages > 0) return pages;
	throw new ToolError('corrupt_input', 'The PDF has no pages. Save or print it to PDF anew and try again.');
}

/** Throws a ToolError for a PDF that qpdf could not read or write. */
export function throwOnUnreadable(result: CommandResult): void {
	if (result.exitCode === 0 || result.exitCode === SUCCEEDED_WITH_WARNINGS) return;
	throwOnLimit(result);
	if (/invalid password/.test(result.stderrTail)) {
		throw new ToolError(
			'encrypted_input',
			'The PDF needs a password to be opened. Remove the password and try again.',
		);
	}
	throw new ToolError(
		'corrupt_input',
		'The PDF is damaged beyond repair. Upload it again, or save it anew first.',
		{
			cause: result,
		},
	);
}
