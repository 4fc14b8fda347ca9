import { failureReport } from '@creatorr/tool-kit/run/failure-report';
import { inputPath } from '@creatorr/tool-kit/sandbox/paths';
import type { CommandResult, ToolContext } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { throwOnLimit } from '../command-failure.ts';

const SUCCEEDED_WITH_WARNINGS = 3;
const INPUT = 'input.pdf';
/** Matches once per page in qpdf's JSON, on a line that no text of a document can begin. */
const PAGE = /^\s*"pageposfrom1":/;
const CHECK_EVERY_PAGES = 10_000;

/** Message for a PDF that can't be read. */
export const DAMAGED_PDF =
	'The PDF is damaged beyond repair. Upload it again, or create it again in the program it comes from.';

/**
 * Counts the pages of the PDF at `path`, whatever it claims. Throws a ToolError for a PDF that is damaged beyond repair, needs a password, or
 * has more pages than the plan allows.
 */
export async function countPages(context: ToolContext, path: string): Promise<number> {
	let pages = 0;
	const result = await context.exec(
		'qpdf',
		['--no-warn', '--json=2', '--json-key=pages', '--', inputPath(INPUT)],
		{
			readOnly: { [INPUT]: path },
			onLine: (line, stream) => {
				if (stream !== 'stdout' || !PAGE.test(line)) return;
				pages += 1;
				// A tiny file may have millions of pages, which take minutes to list.
				if (pages % CHECK_EVERY_PAGES === 0) context.checkPageLimit(pages);
			},
		},
	);
	throwOnUnreadable(result);
	if (pages === 0) {
		throw new ToolError(
			'corrupt_input',
			'The PDF has no pages. Create it again in the program it comes from.',
		);
	}
	context.checkPageLimit(pages);
	return pages;
}

/** Throws a ToolError for a PDF that qpdf could not read or write. */
export function throwOnUnreadable(result: CommandResult): void {
	if (result.exitCode === 0 || result.exitCode === SUCCEEDED_WITH_WARNINGS) return;
	throwOnLimit(result);
	if (/invalid password/.test(result.stderrTail)) {
		throw new ToolError(
			'encrypted_input',
			'This PDF is password-protected. Remove its password in another program, then add the new file.',
		);
	}
	throw new ToolError('corrupt_input', DAMAGED_PDF, { cause: failureReport(result) });
}
