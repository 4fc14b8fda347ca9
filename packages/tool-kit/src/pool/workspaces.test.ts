import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { TEXT } from '../files/media-types.ts';
import { runTool } from '../run/run-tool.ts';
import { prewarmedInputPath } from '../sandbox/paths.ts';
import { defineTool } from '../tool/manifest.ts';
import type { Tool } from '../tool/tool.ts';
import type { Workspace } from './warm-pool.ts';
import { createWorkspaces, type Workspaces } from './workspaces.ts';

const manifest = defineTool({
	slug: 'test',
	title: 'Test',
	summary: 'Test',
	accepts: [TEXT],
	params: z.strictObject({}),
	limits: {
		maxInputBytes: 100,
		deadline: { baseMs: 20_000, perMiBMs: 0, capMs: 20_000 },
		memoryBytes: 1024 ** 3,
		maxFileBytes: 1024 ** 2,
		maxProcesses: 16,
	},
	programs: [],
	outputName: (name) => name,
	outputMimeType: () => TEXT,
});

// Answers with the number of requests before, the request and the files of /scratch. Ends at the text "die".
const SERVER = `
count=0
while echo '{"ready":true}' && read -r request; do
	text=$(cat ${prewarmedInputPath('text')})
	[ "$text" = die ] && exit 1
	[ "$text" = hang ] && sleep 60
	echo '{"progress":0.5}'
	echo "$text" > /scratch/out
	echo "{\\"served\\":$count,\\"request\\":$request,\\"files\\":\\"$(ls /scratch)\\"}"
	count=$((count + 1))
done`;

const tool: Tool = {
	manifest,
	prewarmed: { command: 'bash', args: ['-c', SERVER] },
	async run(input, context) {
		const response = await context.request({ name: input.name }, { readOnly: { text: input.path } });
		if (response === undefined) throw new Error('it ended');
		return { outputPath: join(context.scratchDir, 'out'), warnings: [], details: { response } };
	},
};

let root: string;
let workspaces: Workspaces;
const problems: string[] = [];
const open = (options: { prewarmedPerTool?: number; jobsPerProcess?: number; of?: Tool } = {}) => {
	workspaces = createWorkspaces([options.of ?? tool], {
		scratchRoot: root,
		prewarmedPerTool: options.prewarmedPerTool ?? 1,
		jobsPerProcess: options.jobsPerProcess ?? 1,
		onProblem: (problem) => problems.push(problem),
	});
};
beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), 'workspaces-'));
	problems.length = 0;
});
afterEach(async () => {
	await workspaces.stop();
	expect(await readdir(root)).toEqual([]);
	await rm(root, { recursive: true });
});

async function runAt(workspace: Workspace, content: string, signal = new AbortController().signal) {
	const percents: number[] = [];
	try {
		await writeFile(workspace.scratch.inputPath, content);
		const onProgress = (percent: number) => percents.push(percent);
		const request = { name: 'a.txt', mimeType: TEXT, sizeBytes: 4, params: {}, signal, onProgress };
		const result = await runTool(tool, { ...workspace, ...request });
		return { response: result.details.response, percents };
	} finally {
		await workspaces.release(workspace);
	}
}

const run = async (content: string) => runAt(await workspaces.acquire(tool), content);

describe('a tool with a prewarmed command', () => {
	test('gets the response of the waiting process, and its progress', async () => {
		open();
		const { response, percents } = await run('text');
		expect(response).toEqual({ served: 0, request: { name: 'a.txt' }, files: 'out' });
		expect(percents).toEqual([50]);
	});

	test('has its waiting processes counted', async () => {
		open({ prewarmedPerTool: 2 });
		const ready = () => workspaces.ready().get('test');
		expect(ready()).toBe(0);
		while (ready() !== 2) await new Promise((resolve) => setTimeout(resolve, 20));
		const workspace = await workspaces.acquire(tool);
		expect(ready()).toBe(1);
		await workspaces.release(workspace);
	});

	test('gets a process of its own for each job', async () => {
		open({ prewarmedPerTool: 2 });
		const responses = [await run('a'), await run('b'), await run('c')].map(({ response }) => response);
		expect(responses).toEqual(Array(3).fill(expect.objectContaining({ served: 0 })));
	});

	test('keeps a process for jobsPerProcess jobs, with an empty scratch directory for each', async () => {
		open({ jobsPerProcess: 2 });
		const served = [];
		for (const text of ['a', 'b', 'c']) served.push((await run(text)).response);
		expect(served).toEqual(
			[0, 1, 0].map((count) => expect.objectContaining({ served: count, files: 'out' })),
		);
	});

	test('keeps a process that received no request for the next job, without the files of the first', async () => {
		open();
		const first = await workspaces.acquire(tool);
		await writeFile(first.scratch.inputPath, 'of another type');
		await workspaces.release(first);
		const second = await workspaces.acquire(tool);
		expect(second.prewarmed).toBe(first.prewarmed);
		expect(existsSync(second.scratch.inputPath)).toBe(false);
		expect((await runAt(second, 'text')).response).toMatchObject({ served: 0 });
	});

	test('starts a process on demand where none is kept warm', async () => {
		open({ prewarmedPerTool: 0 });
		const workspace = await workspaces.acquire(tool);
		expect(workspace.prewarmed).toBeUndefined();
		expect((await runAt(workspace, 'text')).response).toMatchObject({ served: 0 });
	});

	test('gets undefined from a process that ends without a response, and the next job gets a new process', async () => {
		open({ jobsPerProcess: 5 });
		await expect(run('die')).rejects.toThrow('it ended');
		expect((await run('text')).response).toMatchObject({ served: 0 });
	});

	test('leaves no process when it is canceled', async () => {
		open({ jobsPerProcess: 5 });
		const workspace = await workspaces.acquire(tool);
		const controller = new AbortController();
		const job = runAt(workspace, 'hang', controller.signal);
		const reason = new Error('canceled');
		setTimeout(() => controller.abort(reason), 100);
		await expect(job).rejects.toBe(reason);
		expect(await workspace.prewarmed?.ended).toMatchObject({ signal: 'SIGKILL' });
	});
});

test('a process that ends while it waits is replaced', async () => {
	open();
	const { prewarmed } = await workspaces.acquire(tool).then(async (workspace) => {
		await workspaces.release(workspace);
		return workspace;
	});
	await prewarmed?.end();
	expect((await run('text')).response).toMatchObject({ served: 0 });
});

test('a command that does not start is reported as a problem, and jobs run without it', async () => {
	open({ of: { ...tool, prewarmed: { command: 'false', args: [] } } });
	const workspace = await workspaces.acquire(tool);
	expect(workspace.prewarmed).toBeUndefined();
	await workspaces.release(workspace);
	expect(problems).toContain('prewarmed.failed');
});

test('stop leaves no process and no scratch directory except those in use', async () => {
	open({ prewarmedPerTool: 3 });
	const workspace = await workspaces.acquire(tool);
	await workspaces.stop();
	expect(await readdir(root)).toHaveLength(1);
	await workspaces.release(workspace);
});
