import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deadlineMs } from '@creatorr/tool-kit/limits/deadline';
import type { ParamsOf } from '@creatorr/tool-kit/tool/manifest';
import type { Run, ToolContext, ToolInput } from '@creatorr/tool-kit/tool/tool';
import { type Unlocked, unlockPdf } from '../pdf/protection.ts';
import { manifest } from './manifest.ts';
import {
	isRefusal,
	OPTIMIZER_FAILED,
	type OptimizerResponse,
	optimizePdf,
	throwRefusal,
} from './optimizer.ts';

export { prewarmed } from './optimizer.ts';

type Input = ToolInput<ParamsOf<typeof manifest>>;

const OUTPUT = 'output.pdf';
const ORIGINAL = 'original';

// Share of the deadline for images. The checks after them are fast.
const BUDGET_SHARE = 0.6;

const WARNINGS: Readonly<Record<string, string>> = {
	target_missed: 'The file can’t be made as small as you asked. This is the smallest with these options.',
	repaired: 'The PDF was damaged and has been repaired. Check that all of its content is there.',
	signature_invalidated: 'The PDF was digitally signed. Its signature fields are now empty.',
	slow_to_draw:
		'Some pages take very long to display, so we left the image quality as it is. The file may be larger than necessary.',
	grayscale_incomplete: 'Some colors or gradients couldn’t be converted to gray.',
	optimizer_failed:
		'Part of the compression failed and was skipped, so the file may be larger than necessary. Nothing is lost.',
	usage_rights_removed:
		'Some extra features in Adobe Reader, such as saving comments or a filled-in form, may no longer work with this PDF. They still work with the original.',
};

/** Returns the smallest of several compressed copies that passed the checks, or the original if none is smaller. */
export const run: Run<typeof manifest> = async (input, context) => {
	const { response, unlocked } = await optimize(input, context);
	if (isRefusal(response)) throwRefusal(response, context);
	const { warnings, ...details } = response;
	const outputPath = join(context.scratchDir, OUTPUT);
	let sizeBytes = input.sizeBytes;
	if (details.method !== ORIGINAL) {
		await unlocked?.reapplyProtection(OUTPUT, { linearize: input.params.linearize });
		sizeBytes = (await stat(outputPath)).size;
	}
	const { target_size_bytes: wantedBytes } = input.params;
	const missed = wantedBytes !== null && Math.min(sizeBytes, input.sizeBytes) > wantedBytes;
	const isChanged = sizeBytes < input.sizeBytes;
	const applicable = isChanged ? warnings : warnings.filter((code) => code === OPTIMIZER_FAILED);
	const codes = [...applicable, ...(missed ? ['target_missed'] : [])];
	const sentences = codes.map((code) => `${code}: ${WARNINGS[code]}`);
	return {
		outputPath: isChanged ? outputPath : input.path,
		warnings: isChanged ? sentences : [unchangedWarning(input.params), ...sentences],
		details: isChanged ? details : { method: ORIGINAL, pages: details.pages },
	};
};

/** Returns the warning for an unchanged file. It names what the params should have removed. */
function unchangedWarning({ remove_metadata, grayscale }: Input['params']): string {
	const kept = [...(remove_metadata ? ['metadata'] : []), ...(grayscale ? ['colors'] : [])];
	const consequence =
		kept.length > 0
			? ` It still has its ${kept.join(' and ')}. To remove ${grayscale ? 'these' : 'this'}, use another program.`
			: '';
	return `unchanged: No smaller version was found, so this is the original file.${consequence}`;
}

/** Optimizes a document. Most documents are not protected, so protection is removed only after the optimizer has reported it. */
async function optimize(
	input: Input,
	context: ToolContext,
): Promise<{ response: OptimizerResponse; unlocked?: Unlocked }> {
	const response = await runOn(input, context, input.path);
	if (!isRefusal(response) || response.refused !== 'protected') return { response };
	const unlocked = await unlockPdf(context, input.path, input.params.password);
	return { response: await runOn(input, context, unlocked.path), unlocked };
}

function runOn(input: Input, context: ToolContext, path: string): Promise<OptimizerResponse> {
	const { password: _, ...params } = input.params;
	return optimizePdf(context, path, OUTPUT, {
		...params,
		max_pages: context.maxPages ?? null,
		budget_seconds: (BUDGET_SHARE * deadlineMs(manifest.limits, input)) / 1000,
	});
}
