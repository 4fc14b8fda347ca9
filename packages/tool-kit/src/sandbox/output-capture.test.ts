import { describe, expect, test } from '@jest/globals';
import { captureOutput } from './output-capture.ts';

function capture(chunks: readonly (string | Buffer)[]) {
	const lines: string[] = [];
	const output = captureOutput((line) => lines.push(line));
	for (const chunk of chunks) output.write(Buffer.from(chunk));
	output.end();
	return { lines, tail: output.tail() };
}

describe('captureOutput', () => {
	test('joins lines that arrive in pieces', () => {
		expect(capture(['Pa', 'ge 1\nPage', ' 2\n']).lines).toEqual(['Page 1', 'Page 2']);
	});

	test('treats a carriage return as a line end', () => {
		expect(capture(['10%\r20%\r\ndone']).lines).toEqual(['10%', '20%', 'done']);
	});

	test('joins characters that are cut between two chunks', () => {
		const bytes = Buffer.from('grüße\n');
		expect(capture([bytes.subarray(0, 3), bytes.subarray(3)]).lines).toEqual(['grüße']);
	});

	test('cuts a long line', () => {
		const [line] = capture(Array.from({ length: 100 }, () => 'x'.repeat(1000))).lines;
		expect(line).toHaveLength(8192);
	});

	test('keeps the last 16 KiB of a long output', () => {
		const { tail } = capture(['a'.repeat(100_000), 'the end']);
		expect(tail).toHaveLength(16 * 1024 - 1);
		expect(tail.endsWith('the end')).toBe(true);
	});
});
