import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';

/** A process that runs until a signal and takes `stopMs` to stop. */
const script = (stopWithinMs: number, stopMs: number) => `
	import { setTimeout as sleep } from 'node:timers/promises';
	import { createLogger } from '@creatorr/service/logger';
	import { runProcess } from '@creatorr/service/process';
	const logger = createLogger({ service: 'test', level: 'info' });
	const work = setInterval(() => undefined, 60_000);
	await runProcess({ service: 'test', logger, stopWithinMs: ${stopWithinMs} }, async () => () => sleep(${stopMs}));
`;

/** Sends SIGTERM after the start. Resolves to the exit code and the logged events. */
async function terminate(source: string): Promise<{ code: number | null; events: unknown[] }> {
	const args = ['--no-warnings', '--input-type=module', '--eval', source];
	const env = { ...process.env, NODE_OPTIONS: '' };
	const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
	const ended = once(child, 'close');
	const events: unknown[] = [];
	for await (const line of createInterface({ input: child.stdout })) {
		const { event } = JSON.parse(line) as { event: unknown };
		events.push(event);
		if (event === 'process.started') child.kill('SIGTERM');
	}
	const [code] = await ended;
	return { code, events };
}

test('a process that stops too slowly exits with 1', async () => {
	const { code, events } = await terminate(script(1, 60_000));
	expect([code, events.at(-1)]).toEqual([1, 'process.stop_timed_out']);
});

test('a process that stops in time exits with 0', async () => {
	const { code, events } = await terminate(script(60_000, 1));
	expect([code, events.at(-1)]).toEqual([0, 'process.stopped']);
});
