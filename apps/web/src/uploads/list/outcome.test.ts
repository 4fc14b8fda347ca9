import type { FileRow, Job } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { outcomeOf, percent, savedPercent, warningsOf } from './outcome.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 100, mimeType: 'application/pdf', lastModified: 1 };
const job = (bytes_in: number, bytes_out: number, warnings: string[] = []) =>
	({ result: { bytes_in, bytes_out, warnings, duration_ms: 1 } }) as Partial<Job> as Job;
const output = (mime_type: string) => ({ mime_type }) as FileRow;

test('is smaller for a smaller output of the same type', () => {
	expect(outcomeOf(job(100, 25), source, output('application/pdf'))).toEqual({
		kind: 'smaller',
		bytesIn: 100,
		bytesOut: 25,
		savedShare: 0.75,
	});
});

test('is the same for an equal or barely smaller output', () => {
	expect(outcomeOf(job(100, 100), source, output('application/pdf'))?.kind).toBe('same');
	expect(outcomeOf(job(695_123, 695_114), source, output('application/pdf'))?.kind).toBe('same');
});

test('is made for an output of another type or a larger one', () => {
	expect(outcomeOf(job(100, 25), source, output('text/plain'))?.kind).toBe('made');
	expect(outcomeOf(job(100, 250), source, output('application/pdf'))?.kind).toBe('made');
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
