import { type JobOutcome, jobOutcomeSchema } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { JOB_LIMITS } from '@creatorr/contracts/jobs';
import { describe, expect, test } from '@jest/globals';
import { truncateOutcome } from './truncate-outcome.ts';

const FIGURES = { bytes_in: 1, bytes_out: 2, duration_ms: 3 };
const succeeded = (more: object): JobOutcome =>
	jobOutcomeSchema.parse({
		status: 'succeeded',
		output_file_id: newId('fil'),
		result: { ...FIGURES, warnings: [], ...more },
	});
const failed = (error_message: string): JobOutcome => ({
	status: 'failed',
	error_code: 'tool_failed',
	error_message,
});

function resultOf(outcome: JobOutcome) {
	const truncated = truncateOutcome(outcome);
	if (truncated.status !== 'succeeded') throw new Error('it failed');
	expect(Buffer.byteLength(JSON.stringify(truncated.result))).toBeLessThanOrEqual(JOB_LIMITS.resultBytes);
	expect(truncated.result.warnings.length).toBeLessThanOrEqual(JOB_LIMITS.warnings);
	return truncated.result;
}

describe('an outcome', () => {
	test.each([succeeded({ warnings: ['a', 'b'], pages: 3 }), failed('damaged')])(
		'of usual size stays as it is',
		(outcome) => {
			expect(truncateOutcome(outcome)).toEqual(outcome);
		},
	);

	test('keeps the first of many warnings, and says how many more there are', () => {
		const warnings = Array.from({ length: 1_000 }, (_, index) => `font_substituted: ${index}`);
		const result = resultOf(succeeded({ warnings }));
		expect(result.warnings).toEqual([...warnings.slice(0, 49), 'more_warnings: 951 more warnings.']);
	});

	test('keeps the beginning of long texts', () => {
		expect(resultOf(succeeded({ warnings: ['x'.repeat(100_000)] })).warnings).toEqual([
			`${'x'.repeat(999)}…`,
		]);
		expect(truncateOutcome(failed('x'.repeat(100_000)))).toMatchObject({
			error_message: `${'x'.repeat(999)}…`,
		});
	});

	test('omits fields of the tool that are too large, and names them in a warning', () => {
		expect(resultOf(succeeded({ warnings: ['a'], pages: new Array(50_000).fill(1) }))).toEqual({
			...FIGURES,
			warnings: ['fields_omitted: The result was too large, so these fields were left out: pages.', 'a'],
		});
	});

	test('drops warnings before fields of the tool, and says how many', () => {
		const warnings = new Array(50).fill('€'.repeat(1_000));
		const result = resultOf(succeeded({ warnings, pages: 3 }));
		expect(result).toMatchObject({ pages: 3 });
		expect(result.warnings.at(-1)).toBe(`more_warnings: ${51 - result.warnings.length} more warnings.`);
		expect(result.warnings[0]).toBe(warnings[0]);
	});
});
