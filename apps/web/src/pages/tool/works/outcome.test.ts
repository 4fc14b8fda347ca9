import type { FileRow, Job } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { outcomeOf, percent, warningsOf } from './outcome.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 100, mimeType: 'application/pdf', lastModified: 1 };
const job = (bytes_in: number, bytes_out: number, warnings: string[] = []) =>
	({ result: { bytes_in, bytes_out, warnings, duration_ms: 1 } }) as Partial<Job> as Job;
const output = (mime_type: string) => ({ mime_type }) as FileRow;

test('a file of the same type that got smaller has saved something', () => {
	expect(outcomeOf(job(100, 25), source, output('application/pdf'))).toEqual({
		kind: 'smaller',
		bytesIn: 100,
		bytesOut: 25,
		savedShare: 0.75,
	});
});

test('one that came back as it was, or a few bytes smaller, has not', () => {
	expect(outcomeOf(job(100, 100), source, output('application/pdf'))?.kind).toBe('same');
	expect(outcomeOf(job(695_123, 695_114), source, output('application/pdf'))?.kind).toBe('same');
});

test('another type, or more of it, was made', () => {
	expect(outcomeOf(job(100, 25), source, output('text/plain'))?.kind).toBe('made');
	expect(outcomeOf(job(100, 250), source, output('application/pdf'))?.kind).toBe('made');
});

test('warnings are told without their codes', () => {
	const told = warningsOf(job(1, 1, ['repaired: the PDF was damaged', 'no code here']));
	expect(told).toEqual(['The PDF was damaged.', 'No code here.']);
});

test.each([
	[0.5, '50%'],
	[0.9999, '99%'],
])('a share of %d is %s', (share, words) => {
	expect(percent(share)).toBe(words);
});
