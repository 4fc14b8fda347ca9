import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ToolContext } from '@creatorr/tool-kit/run';
import { inputPath, lateInputPath, scratchPath } from '@creatorr/tool-kit/sandbox-files';
import { ToolError } from '@creatorr/tool-kit/tool-error';
import { z } from 'zod';
import { throwOnLimit, toolFailed } from '../command-failure.ts';
import { commandArguments, PROGRAM } from './standby.ts';

/** What the optimiser is asked for, as its Request names it. */
export interface OptimiserRequest {
	quality: number;
	image_dpi: number | null;
	grayscale: boolean;
	target_size_bytes: number | null;
	linearize: boolean;
	remove_metadata: boolean;
	signed: 'reject' | 'invalidate';
	max_pages: number | null;
	/** After so long it makes do with what it has. */
	budget_seconds: number;
}

const refusalSchema = z.object({
	refused: z.enum(['corrupt', 'protected', 'signed', 'unpacks_to_too_much', 'too_many_pages']),
	cause: z.string(),
	pages: z.int().optional(),
});
const doneSchema = z.looseObject({
	method: z.string(),
	pages: z.int().min(1),
	warnings: z.array(z.string()),
});
const answerSchema = z.union([refusalSchema, doneSchema]);

type Refusal = z.infer<typeof refusalSchema>;
export type OptimiserAnswer = z.infer<typeof answerSchema>;

const REQUEST = 'request.json';

/**
 * Asks the optimiser, a Python program that knows PDFs from the inside, which leaves the smallest copy that passed its checks
 * under `outputName` in the scratch directory, or nothing there when it found none smaller than the input.
 */
export async function askOptimiser(
	context: ToolContext,
	path: string,
	outputName: string,
	request: OptimiserRequest,
): Promise<OptimiserAnswer> {
	const question = { ...request, target: scratchPath(outputName) };
	const name = basename(path);
	const answer = await context.ask(
		{ ...question, source: lateInputPath(name) },
		{ readOnly: { [name]: path } },
	);
	// How a process ended that stood by, nobody can tell from its answer.
	return answerSchema.parse(answer ?? (await runOptimiser(context, path, question)));
}

async function runOptimiser(context: ToolContext, path: string, question: object): Promise<unknown> {
	const name = basename(path);
	const request = JSON.stringify({ ...question, source: inputPath(name) });
	await writeFile(join(context.scratchDir, REQUEST), request);
	let last: unknown;
	const result = await context.exec('python3', commandArguments(scratchPath(REQUEST)), {
		readOnly: { ...PROGRAM, [name]: path },
		onLine: (line, stream) => {
			if (stream !== 'stdout') return;
			last = JSON.parse(line);
			const { success, data } = progressSchema.safeParse(last);
			if (success) context.progress(data.progress);
		},
	});
	throwOnLimit(result);
	if (result.exitCode !== 0) throw toolFailed(result);
	return last;
}

const progressSchema = z.object({ progress: z.number() });

export function isRefusal(answer: OptimiserAnswer): answer is Refusal {
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
				'The PDF is damaged beyond repair. Upload it again, or save it anew first.',
				{ cause: refusal },
			);
		case 'signed':
			return new ToolError(
				'unsupported_input',
				'The PDF is digitally signed, and any change breaks the signature. Set `signed` to `invalidate` to compress it all the same.',
			);
		case 'unpacks_to_too_much':
			return new ToolError(
				'limit_exceeded',
				'The PDF unpacks to more than a job may use. Save it anew first.',
			);
	}
}
