import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

let directory: string;
let order: string;

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'crash-point-'));
	order = join(directory, 'order.json');
});

afterEach(() => rmSync(directory, { recursive: true }));

const PASS_TWICE = `
	import { crashPoint } from '@creatorr/service/crash-point';
	console.log(import.meta.resolve('@creatorr/service/crash-point').split('/').at(-1));
	crashPoint('a.point');
	console.log('passed once');
	crashPoint('a.point');
	console.log('passed twice');
`;

async function run(...conditions: string[]) {
	const args = [...conditions, '--no-warnings', '--input-type=module', '--eval', PASS_TWICE];
	const env = { PATH: process.env.PATH, CRASH_ORDER_FILE: order };
	const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
	const [output, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
	return { lines: output.trim().split('\n'), code, signal };
}

function giveOrder(change: object = {}): void {
	writeFileSync(order, JSON.stringify({ id: 'one', point: 'a.point', hit: 1, ...change }));
}

test('without the condition crash-test, no code that kills is loaded and the order file is not read', async () => {
	giveOrder();
	expect(await run()).toEqual({
		lines: ['crash-point.ts', 'passed once', 'passed twice'],
		code: 0,
		signal: null,
	});
	expect(existsSync(order)).toBe(true);
});

test('with the condition, the process dies at the ordered point and the order is removed', async () => {
	giveOrder();
	expect(await run('--conditions=crash-test')).toEqual({
		lines: ['crash-point.armed.ts'],
		code: null,
		signal: 'SIGKILL',
	});
	expect([existsSync(order), existsSync(`${order}.reached`)]).toEqual([false, true]);
});

test('an order for the second pass ignores the first', async () => {
	giveOrder({ hit: 2 });
	const { lines, signal } = await run('--conditions=crash-test');
	expect([lines.at(-1), signal]).toEqual(['passed once', 'SIGKILL']);
});

test('an order for another point stays', async () => {
	giveOrder({ point: 'another.point' });
	expect((await run('--conditions=crash-test')).lines.at(-1)).toBe('passed twice');
	expect(existsSync(order)).toBe(true);
});
