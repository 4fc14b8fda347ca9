import { expect, test } from '@jest/globals';
import type { Io } from '../io.ts';
import { bar, createProgressDisplay } from './progress.ts';

function terminal(isTTY: boolean) {
	const written: string[] = [];
	const stream = { isTTY, columns: 80, write: (text: string) => written.push(text) };
	return {
		io: { stderr: stream } as unknown as Io,
		stream: stream as unknown as NodeJS.WriteStream,
		written,
	};
}

test.each([
	[undefined, '[                        ]     '],
	[0, '[                        ]   0%'],
	[0.5, '[============            ]  50%'],
	[1, '[========================] 100%'],
])('a bar for the share %s', (share, text) => {
	expect(bar(share)).toBe(text);
});

test.each([
	['where there is no terminal', false, false],
	['when it should be quiet', true, true],
])('nothing is drawn %s, and messages are still printed', async (_, isTTY, isQuiet) => {
	const { io, stream, written } = terminal(isTTY);
	const display = createProgressDisplay(io, isQuiet);
	display.line('in.pdf').show('uploading', 0.5);
	await new Promise((resolve) => setTimeout(resolve, 250));
	display.print(stream, 'done\n');
	display.close();
	expect(written).toEqual(['done\n']);
});

test('on a terminal, lines are drawn, and removed for messages and at the end', async () => {
	const { io, stream, written } = terminal(true);
	const display = createProgressDisplay(io, false);
	display.line('in.pdf').show('uploading', 0.5);
	while (!written.join('').includes('50%  in.pdf  uploading\n'))
		await new Promise((resolve) => setTimeout(resolve, 10));
	display.print(stream, 'done\n');
	expect(written.slice(-2)).toEqual(['\u001b[1A\u001b[2K', 'done\n']);
	display.close();
	const count = written.length;
	await new Promise((resolve) => setTimeout(resolve, 250));
	expect(written).toHaveLength(count);
});
