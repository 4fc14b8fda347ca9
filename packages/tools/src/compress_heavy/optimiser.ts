import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandResult } from '@creatorr/tool-kit/command';
import type { ToolContext } from '@creatorr/tool-kit/run';
import { inputPath, scratchPath } from '@creatorr/tool-kit/sandbox-files';
import { ToolError } from '@creatorr/tool-kit/tool-error';
import { z } from 'zod';
import { throwOnLimit, toolFailed } from '../command-failure.ts';

/** What the optimiser is asked for, as its Request names it. */
export interface OptimiserRequest {
	quality: number;
	image_dpi: number | null;
	grayscale: boolean;
	target_size_bytes: number | null;
	linearize: boolean;
	remove_metadata: boolean;
	signed: 'reject' | 'invalidate';
	/** After so long it makes do with what it has. */
	budget_seconds: number;
}

const resultSchema = z.looseObject({
	method: z.string(),
	pages: z.int().min(1),
	warnings: z.array(z.string()),
});

export type OptimiserResult = z.infer<typeof resultSchema>;

const PROGRAM = fileURLToPath(new URL('./optimiser/', import.meta.url));
const PROGRAM_IN_SCRATCH = 'optimiser';
const REQUEST = 'request.json';
const INPUT = 'input.pdf';

const REFUSALS: Readonly<Record<number, ToolError>> = {
	10: new ToolError(
		'corrupt_input',
		'The PDF is damaged beyond repair. Upload it again, or save it anew first.',
	),
	11: new ToolError(
		'unsupported_input',
		'The PDF is digitally signed, and any change breaks the signature. Set `signed` to `invalidate` to compress it all the same.',
	),
	12: new ToolError('limit_exceeded', 'The PDF unpacks to more than a job may use. Save it anew first.'),
};

/**
 * Runs the optimiser, a Python program that knows PDFs from the inside. Leaves the smallest copy that passed its checks under
 * `outputName` in the scratch directory, or nothing there when it found none smaller than the input.
 */
export async function runOptimiser(
	context: ToolContext,
	path: string,
	outputName: string,
	request: OptimiserRequest,
): Promise<OptimiserResult> {
	await installProgram(context.scratchDir);
	await writeFile(join(context.scratchDir, REQUEST), JSON.stringify(request));
	const args = [
		scratchPath(PROGRAM_IN_SCRATCH),
		inputPath(INPUT),
		scratchPath(outputName),
		scratchPath(REQUEST),
	];
	let found: string | undefined;
	const result = await context.exec('python3', ['-E', '-s', ...args], {
		readOnly: { [INPUT]: path },
		onLine: (line) => {
			if (line.startsWith('pages ')) context.requirePages(Number(line.slice('pages '.length)));
			if (line.startsWith('progress ')) context.progress(Number(line.slice('progress '.length)));
			if (line.startsWith('result ')) found = line.slice('result '.length);
		},
	});
	throwOnFailure(result);
	return resultSchema.parse(JSON.parse(found ?? ''));
}

/** Copied, because the sandbox's user may not be able to read where we are installed. */
async function installProgram(scratchDir: string): Promise<void> {
	const target = join(scratchDir, PROGRAM_IN_SCRATCH);
	await mkdir(target);
	const files = (await readdir(PROGRAM)).filter((name) => name.endsWith('.py'));
	await Promise.all(files.map((name) => copyFile(join(PROGRAM, name), join(target, name))));
}

function throwOnFailure(result: CommandResult): void {
	if (result.exitCode === 0) return;
	const refusal = REFUSALS[result.exitCode ?? -1];
	if (refusal) throw new ToolError(refusal.code, refusal.message, { cause: result });
	throwOnLimit(result);
	throw toolFailed(result);
}
