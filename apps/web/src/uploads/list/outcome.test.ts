import type { Job } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { outcomeOf, percent, savedPercent, warningsOf } from './outcome.ts';

const job = (bytes_in: number, bytes_out: number, warnings: string[] = []) =>
	({
		tool: 'compress_heavy',
		result: { bytes_in, bytes_out, warnings, duration_ms: 1 },
	}) as Partial<Job> as Job;

test('is smaller for a smaller output of the same type', () => {
	expect(outcomeOf(job(100, 25))).toEqual({
		kind: 'smaller',
		bytesIn: 100,
		bytesOut: 25,
		savedShare: 0.75,
	});
});

test('is the same for an equal or barely smaller output', () => {
	expect(outcomeOf(job(100, 100))?.kind).toBe('same');
	expect(outcomeOf(job(695_123, 695_114))?.kind).toBe('same');
});

test.each([
	[[], 'Already optimized'],
	[['optimizer_failed: Part of the compression failed.'], 'No smaller version found'],
])('of an output of the same size with the warnings %j is %s', (warnings, headline) => {
	expect(outcomeOf(job(100, 100, warnings))).toMatchObject({ headline });
});

test('is of the kind created for a larger output, and for a tool that doesn’t compress', () => {
	expect(outcomeOf(job(100, 250))).toMatchObject({ kind: 'created', headline: 'Done' });
	expect(outcomeOf({ ...job(100, 25), tool: 'office_to_pdf' })).toMatchObject({
		kind: 'created',
		headline: 'Done',
	});
});

test.each([
	[{ pages_recognized: 1, words: 9 }, 'Text recognized on 1 page'],
	[{ pages_recognized: 3, words: 0 }, 'Done'],
	[{ pages_recognized: 0, words: 0, warnings: ['already_has_text: Every page has.'] }, 'Already searchable'],
])('of text recognition with %j is %s', (result, headline) => {
	const recognized = job(9, 9);
	expect(
		outcomeOf({
			...recognized,
			tool: 'ocr',
			result: { ...recognized.result, ...result } as NonNullable<Job['result']>,
		}),
	).toMatchObject({ headline });
});

test('shows warnings without their codes', () => {
	const warnings = warningsOf(job(1, 1, ['repaired: The PDF was damaged.', 'no code here']), []);
	expect(warnings).toEqual(['The PDF was damaged.', 'No code here.']);
});

test.each([
	[0.5, '50%'],
	[0.9999, '99%'],
])('formats the share %d as %s', (share, text) => {
	expect(percent(share)).toBe(text);
});

test.each([
	[1_000, 260, 74],
	[1_000, 1, 99],
	[1_000, 991, undefined],
	[1_000, 999, undefined],
	[1_000, 1_000, undefined],
	[1_000, 2_000, undefined],
	[0, 0, undefined],
])('from %d to %d bytes it is %p %% smaller', (bytesIn, bytesOut, percent) => {
	expect(savedPercent(bytesIn, bytesOut)).toBe(percent);
});
