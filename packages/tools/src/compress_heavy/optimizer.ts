import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failureReport } from '@creatorr/tool-kit/run/failure-report';
import { inputPath, prewarmedInputPath, scratchPath } from '@creatorr/tool-kit/sandbox/paths';
import { writeNew } from '@creatorr/tool-kit/scratch/scratch';
import type { ParamsOf } from '@creatorr/tool-kit/tool/manifest';
import type { PrewarmedCommand, ToolContext } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { z } from 'zod';
import { TOO_LARGE_UNPACKED, throwOnLimit } from '../command-failure.ts';
import { countPages, DAMAGED_PDF } from '../pdf/qpdf.ts';
import type { manifest } from './manifest.ts';

/** The Python program in the sandbox. */
export const PROGRAM = { optimizer: fileURLToPath(new URL('./optimizer', import.meta.url)) };
const INTERPRETER = ['-I', inputPath('optimizer')];

/** The optimizer with all libraries loaded. */
export const prewarmed: PrewarmedCommand = {
	command: 'python3',
	args: [...INTERPRETER, 'serve'],
	readOnly: PROGRAM,
};

/** A request of the optimizer, with the fields of its `Request`. */
export interface OptimizerRequest extends Omit<ParamsOf<typeof manifest>, 'password'> {
	max_pages: number | null;
	/** After this time the optimizer uses the best copy so far. */
	budget_seconds: number;
	/** Only lossless changes. */
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
	/** End of the traceback, if a part of the optimizer failed. */
	failure: z.string().optional(),
});
const responseSchema = z.union([refusalSchema, doneSchema]);

type Refusal = z.infer<typeof refusalSchema>;
export type OptimizerResponse = z.infer<typeof responseSchema>;

const REQUEST = 'request.json';
/** The warning of a response if the optimizer failed, partly or completely. */
export const OPTIMIZER_FAILED = 'optimizer_failed';

/**
 * Runs the optimizer, a Python program. It writes the smallest copy that passed its checks to `outputName` in the scratch directory, or
 * nothing if no copy is smaller than the input. If the prewarmed process crashes on the document, a new process runs the optimizer; if
 * that crashes, another one makes only lossless changes; if that crashes too, the result is the original. The last two add the warning
 * `optimizer_failed`.
 */
export async function optimizePdf(
	context: ToolContext,
	path: string,
	outputName: string,
	request: OptimizerRequest,
): Promise<OptimizerResponse> {
	const options = { ...request, target: scratchPath(outputName) };
	const name = basename(path);
	const prewarmedResponse = await context.request(
		{ ...options, source: prewarmedInputPath(name) },
		{ readOnly: { [name]: path } },
	);
	const response = prewarmedResponse ?? (await runOptimizer(context, path, options));
	if (response !== undefined) return toResponse(response, context);
	const lossless = await runOptimizer(context, path, { ...options, lossless: true });
	return lossless === undefined
		? keepOriginal(context, path)
		: toResponse(lossless, context, [OPTIMIZER_FAILED]);
}

/** Returns the response that keeps the original of a PDF on which the optimizer crashes, if qpdf can read it. */
async function keepOriginal(context: ToolContext, path: string): Promise<OptimizerResponse> {
	const pages = await countPages(context, path);
	return { method: 'original', pages, warnings: [OPTIMIZER_FAILED] };
}

function toResponse(
	raw: unknown,
	context: ToolContext,
	addedWarnings: readonly string[] = [],
): OptimizerResponse {
	const response = responseSchema.parse(raw);
	if (isRefusal(response)) return response;
	const { failure, ...done } = response;
	if (failure !== undefined) context.fallbackUsed({ command: 'python3', traceback: failure });
	const failed = failure === undefined ? addedWarnings : [OPTIMIZER_FAILED];
	return { ...done, warnings: [...done.warnings, ...failed] };
}

/** Returns undefined if the optimizer fails for another reason than a limit. */
async function runOptimizer(context: ToolContext, path: string, options: object): Promise<unknown> {
	const name = basename(path);
	const request = JSON.stringify({ ...options, source: inputPath(name) });
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
	context.fallbackUsed(failureReport(result));
	return undefined;
}

const progressSchema = z.object({ progress: z.number() });

export function isRefusal(response: OptimizerResponse): response is Refusal {
	return 'refused' in response;
}

/** Throws the ToolError for a refusal. */
export function throwRefusal(refusal: Refusal, context: ToolContext): never {
	if (refusal.pages !== undefined) context.checkPageLimit(refusal.pages);
	throw toToolError(refusal);
}

function toToolError(refusal: Refusal): ToolError {
	switch (refusal.refused) {
		case 'corrupt':
		// `protected` after unlocking, and `too_many_pages` within the page limit, mean that the file contradicts itself.
		case 'protected':
		case 'too_many_pages':
			return new ToolError('corrupt_input', DAMAGED_PDF, { cause: refusal });
		case 'unreadable':
			return new ToolError(
				'corrupt_input',
				'We couldn’t read the pages of this PDF. If they open in your PDF viewer, choose Print, then “Save as PDF”, and use the new file.',
				{ cause: refusal },
			);
		case 'signed':
			return new ToolError(
				'unsupported_input',
				'The PDF is digitally signed, and any change breaks the signature. Set params.signed to invalidate to compress it anyway.',
			);
		case 'unpacks_to_too_much':
			return new ToolError('limit_exceeded', TOO_LARGE_UNPACKED);
	}
}
