import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { inputPath, scratchPath } from '@creatorr/tool-kit/sandbox/paths';
import type { ParamsOf } from '@creatorr/tool-kit/tool/manifest';
import type { CommandResult, ToolContext } from '@creatorr/tool-kit/tool/tool';
import { z } from 'zod';
import type { manifest } from './manifest.ts';
import { isUnexpected, recognitionError } from './recognition-error.ts';

type Params = ParamsOf<typeof manifest>;

const INPUT = 'input';
const MAIN = 'recognize.py';
const SCRIPTS = new URL('./python/', import.meta.url);
/** Modules of the optimizer that recognition uses too. */
const SHARED = ['bombs.py', 'cpu_budget.py'] as const;
const OPTIMIZER = new URL('../compress_heavy/optimizer/', import.meta.url);

const doneSchema = z.object({ done: z.int().min(1) });
const recognitionSchema = z.object({
	pages: z.int(),
	recognized: z.int(),
	failed: z.array(z.int()),
	words: z.int(),
	confidence_sum: z.number(),
	is_pdfa: z.boolean(),
	signatures_removed: z.boolean(),
});

/** Result of a recognition. `failed` lists the pages that couldn't be read; `confidence_sum` adds up the confidences of all words, each from 0 to 100. */
export type Recognition = z.output<typeof recognitionSchema>;

interface RecognitionRequest {
	/** Path of a PDF that opens without a password. */
	path: string;
	outputName: string;
	params: Params;
	onPage(done: number): void;
}

/**
 * Recognizes the text of a PDF into a file in the scratch directory, in the format of the params. Throws a ToolError. After an unexpected
 * failure it tries again with the fallback, page by page.
 */
export async function recognize(context: ToolContext, work: RecognitionRequest): Promise<Recognition> {
	const first = await attempt(context, work, { plain: false, jobs: availableParallelism() });
	if (first.recognition) return first.recognition;
	if (!isUnexpected(first.result)) throw recognitionError(first.result);
	const second = await attempt(context, work, { plain: true, jobs: 1 });
	if (second.recognition) return second.recognition;
	throw recognitionError(second.result);
}

interface Attempt {
	result: CommandResult;
	recognition: Recognition | undefined;
}

async function attempt(
	context: ToolContext,
	work: RecognitionRequest,
	options: { plain: boolean; jobs: number },
): Promise<Attempt> {
	const { password: _, ...params } = work.params;
	const settings = { params, input: inputPath(INPUT), output: scratchPath(work.outputName), ...options };
	let recognition: Recognition | undefined;
	// Not -I: the script imports the modules beside it.
	const result = await context.exec('python3', ['-s', '-E', inputPath(MAIN), JSON.stringify(settings)], {
		readOnly: { [INPUT]: work.path, ...(await scripts()) },
		// Tesseract's own threads compete with the pages that are recognized concurrently.
		env: { OMP_THREAD_LIMIT: '1' },
		onLine: (line, stream) => {
			if (stream !== 'stdout' || !line.startsWith('{')) return;
			const event: unknown = JSON.parse(line);
			const done = doneSchema.safeParse(event);
			if (done.success) work.onPage(done.data.done);
			else recognition = recognitionSchema.safeParse(event).data ?? recognition;
		},
	});
	return { result, recognition: result.exitCode === 0 ? recognition : undefined };
}

async function scripts(): Promise<Record<string, string>> {
	const names = (await readdir(SCRIPTS)).filter((name) => name.endsWith('.py'));
	const pathsIn = (folder: URL, files: readonly string[]) =>
		files.map((name) => [name, fileURLToPath(new URL(name, folder))]);
	return Object.fromEntries([...pathsIn(SCRIPTS, names), ...pathsIn(OPTIMIZER, SHARED)]);
}
