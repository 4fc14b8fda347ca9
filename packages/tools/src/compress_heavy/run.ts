import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deadlineMs } from '@creatorr/tool-kit/deadline';
import type { Run } from '@creatorr/tool-kit/run';
import { unlockPdf } from '../pdf/protection.ts';
import { manifest } from './manifest.ts';
import { runOptimiser } from './optimiser.ts';

const OUTPUT = 'output.pdf';
const ORIGINAL = 'original';

// What the optimiser may take for images; the checks that follow are quick.
const BUDGET_SHARE = 0.6;

const WARNINGS: Readonly<Record<string, string>> = {
	unchanged: 'no way was found to make the file smaller, so it is the original, byte for byte',
	target_missed: 'the file could not be made as small as was asked for; this is the smallest',
	repaired: 'the PDF was damaged and had to be repaired; look whether all of its content is there',
	signature_invalidated: 'the PDF was digitally signed; its signature fields are empty now',
	grayscale_incomplete: 'some spot colours or gradients could not be turned to grey',
	usage_rights_removed:
		'the PDF no longer unlocks extra features of Adobe Reader, as that holds for the original alone',
};

/** The smallest of several compressed copies that lost nothing, or the original when none is smaller. */
export const run: Run<typeof manifest> = async (input, context) => {
	const { password, ...params } = input.params;
	const unlocked = await unlockPdf(context, input.path, password);
	const { warnings, ...details } = await runOptimiser(context, unlocked.path, OUTPUT, {
		...params,
		budget_seconds: (BUDGET_SHARE * deadlineMs(manifest.limits, input.sizeBytes)) / 1000,
	});
	const outputPath = join(context.scratchDir, OUTPUT);
	const isSmaller = async () => (await stat(outputPath)).size < input.sizeBytes;
	let isChanged = details.method !== ORIGINAL;
	if (isChanged) {
		await unlocked.protectAlike(OUTPUT, { linearize: params.linearize });
		isChanged = await isSmaller();
	}
	const codes = isChanged ? warnings : ['unchanged'];
	return {
		outputPath: isChanged ? outputPath : input.path,
		warnings: codes.map((code) => `${code}: ${WARNINGS[code]}`),
		details: isChanged ? details : { method: ORIGINAL, pages: details.pages },
	};
};
