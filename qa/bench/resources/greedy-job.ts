import { setTimeout as sleep } from 'node:timers/promises';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { BenchError } from '../log.ts';
import { NOOP, noopSample } from '../queue/noop-sample.ts';
import { startToolRunner } from '../run/trial.ts';

/** Python scripts: what a document could make a program do that it has taken over. */
export const GREEDY_SCRIPTS = {
	'a fork bomb': `
import os
while True:
    try:
        os.fork()
    except OSError:
        pass`,
	'as many busy processes as there may be': `
import os
try:
    while os.fork():
        pass
except OSError:
    pass
while True:
    pass`,
	'a memory hog': `
import os
os.fork()
block = bytearray(900 << 20)
while True:
    for at in range(0, len(block), 4096):
        block[at] = (block[at] + 1) % 256`,
};

/** Until the greedy job has all that it can get, and until nothing of it is left. */
const PAUSE_MS = 1_000;

/** Calls `work` while a job with the limits of `tool` runs the script. Throws a BenchError when the script ends first. */
export async function besideGreedyJob<T>(tool: Tool, script: string, work: () => Promise<T>): Promise<T> {
	const runner = startToolRunner(greedyTool(tool, script));
	const cancellation = new AbortController();
	const job = runner.run(noopSample({ sandboxed: true }), async () => {}, cancellation.signal);
	const failed = job.then(({ outcome, message }) => {
		throw new BenchError(`The greedy job ended with ${outcome}: ${message}`);
	});
	const result = await Promise.race([sleep(PAUSE_MS).then(work), failed]);
	cancellation.abort();
	await job;
	await runner.stop();
	await sleep(PAUSE_MS);
	return result;
}

function greedyTool({ manifest }: Tool, script: string): Tool {
	return {
		manifest: { ...NOOP.manifest, limits: manifest.limits },
		async run(input, { exec }) {
			await exec('python3', ['-I', '-c', script]);
			return { outputPath: input.path, warnings: [], details: {} };
		},
	};
}
