import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failureReport } from '@creatorr/tool-kit/run/failure-report';
import { inputPath, lateInputPath, scratchPath } from '@creatorr/tool-kit/sandbox/paths';
import { writeNew } from '@creatorr/tool-kit/scratch/scratch';
import type { ParamsOf } from '@creatorr/tool-kit/tool/manifest';
import type { PrewarmedCommand, ToolContext } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { z } from 'zod';
import { throwOnLimit } from '../command-failure.ts';
import { countPages } from '../pdf/qpdf.ts';
import type { manifest } from './manifest.ts';

/** The Python program that runs in the sandbox. */
export const PROGRAM = { optimizer: fileURLToPath(new URL('./optimizer', import.meta.url)) };
const INTERPRETER = ['-I', inputPath('optimizer')];

/** The optimizer with all of its libraries loaded. */
export const prewarmed: PrewarmedCommand = {
	command: 'python3',
	args: [...INTERPRETER, 'serve'],
	readOnly: PROGRAM,
};

/** What the optimizer is asked for, as its Request names it. */
export interface OptimizerRequest extends Omit<ParamsOf<typeof manifest>, 'password'> {
	max_pages: number | null;
	/** After so long it makes do with what it has. */
	budget_seconds: number;
	/** Only what loses nothing. */
	lossless?: boolean;
}

const refusalSchema = z.object({
	refused: z.enum(['corrupt', 'unreadable', 'protected', 'signed', 'unpacks_to_too_much', 'too_many_pages']),
	cause: z.string(),
	pages: z.int().optional(),
});
const doneSchema = z.looseObject({
	method: z.string(),
	pages: z.int().min(1),
	warnings: z.array(z.string()),
	/** The end of a traceback, where a part of it failed. */
	failure: z.string().optional(),
});
const answerSchema = z.union([refusalSchema, doneSchema]);

type Refusal = z.infer<typeof refusalSchema>;
export type OptimizerAnswer = z.infer<typeof answerSchema>;

const REQUEST = 'request.json';
/** The warning of an answer where a part of the optimizer failed, or all of it. */
export const FAILED = 'optimizer_failed';

/**
 * Asks the optimizer, a Python program that knows PDFs from the inside, which leaves the smallest copy that passed its checks
 * under `outputName` in the scratch directory, or nothing there when it found none smaller than the input. Where it fails on a
 * document, it makes do with what loses nothing, at last with the original; the answer has the warning `optimizer_failed` then.
 */
export async function askOptimizer(
	context: ToolContext,
	path: string,
	outputName: string,
	request: OptimizerRequest,
): Promise<OptimizerAnswer> {
	const question = { ...request, target: scratchPath(outputName) };
	const name = basename(path);
	const asked = await context.request(
		{ ...question, source: lateInputPath(name) },
		{ readOnly: { [name]: path } },
	);
	const answer = asked ?? (await runOptimizer(context, path, question));
	if (answer !== undefined) return toAnswer(answer, context);
	const careful = await runOptimizer(context, path, { ...question, lossless: true });
	return careful === undefined ? original(context, path) : toAnswer(careful, context, [FAILED]);
}

/** For a PDF that the optimizer does not survive: qpdf says whether it is one. */
async function original(context: ToolContext, path: string): Promise<OptimizerAnswer> {
	const pages = await countPages(context, path);
	return { method: 'original', pages, warnings: [FAILED] };
}

function toAnswer(said: unknown, context: ToolContext, more: readonly string[] = []): OptimizerAnswer {
	const answer = answerSchema.parse(said);
	if (isRefusal(answer)) return answer;
	const { failure, ...done } = answer;
	if (failure !== undefined) context.recovered({ command: 'python3', traceback: failure });
	const failed = failure === undefined ? more : [FAILED];
	return { ...done, warnings: [...done.warnings, ...failed] };
}

/** Undefined where it fails for another reason than a limit. */
async function runOptimizer(context: ToolContext, path: string, question: object): Promise<unknown> {
	const name = basename(path);
	const request = JSON.stringify({ ...question, source: inputPath(name) });
	await writeNew(join(context.scratchDir, REQUEST), request);
	let last: unknown;
	const result = await context.exec('python3', [...INTERPRETER, scratchPath(REQUEST)], {
		readOnly: { ...PROGRAM, [name]: path },
		onLine: (line, stream) => {
			if (stream !== 'stdout') return;
			last = JSON.parse(line);
			const { success, data } = progressSchema.safeParse(last);
			if (success) context.progress(data.progress);
		},
	});
	throwOnLimit(result);
	if (result.exitCode === 0) return last;
	context.recovered(failureReport(result));
	return undefined;
}

const progressSchema = z.object({ progress: z.number() });

export function isRefusal(answer: OptimizerAnswer): answer is Refusal {
	return 'refused' in answer;
}

/** Throws what the person hears of it. */
export function throwRefusal(refusal: Refusal, context: ToolContext): never {
	if (refusal.pages !== undefined) context.requirePages(refusal.pages);
	throw toToolError(refusal);
}

function toToolError(refusal: Refusal): ToolError {
	switch (refusal.refused) {
		case 'corrupt':
		case 'protected':
		case 'too_many_pages':
			return new ToolError(
				'corrupt_input',
				'The PDF is damaged beyond repair. Upload it again, or re-save it first.',
				{ cause: refusal },
			);
		case 'unreadable':
			return new ToolError(
				'corrupt_input',
				'The pages of this PDF can’t be displayed. Open it in a PDF viewer, print it to PDF, and try again.',
				{ cause: refusal },
			);
		case 'signed':
			return new ToolError(
				'unsupported_input',
				'The PDF is digitally signed, and any change breaks the signature. Set `signed` to `invalidate` to compress it anyway.',
			);
		case 'unpacks_to_too_much':
			return new ToolError(
				'limit_exceeded',
				'The PDF unpacks to more than a job may use. Re-save it and try again.',
			);
	}
}
