import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { defineTool } from '../src/manifest.ts';
import { TEXT } from '../src/media-types.ts';
import { runTool } from '../src/run-tool.ts';
import { lateInputPath } from '../src/sandbox-files.ts';
import type { Tool } from '../src/tool.ts';
import type { Workplace } from '../src/workplace.ts';
import { createWorkplaces, type Workplaces } from '../src/workplaces.ts';

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
	binaries: ['bash'],
	outputName: (name) => name,
	outputMimeType: () => TEXT,
});

// Answers with what it has served before and with the input's text; dies of the text "die".
const SERVER = `
count=0
while echo '{"ready":true}' && read -r request; do
	text=$(cat ${lateInputPath('text')})
	[ "$text" = die ] && exit 1
	[ "$text" = hang ] && sleep 60
	echo '{"progress":0.5}'
	echo "$text" > /scratch/out
	echo "{\\"served\\":$count,\\"request\\":$request,\\"files\\":\\"$(ls /scratch)\\"}"
	count=$((count + 1))
done`;

const tool: Tool = {
	manifest,
	standby: { command: 'bash', args: ['-c', SERVER] },
	async run(input, context) {
		const answer = await context.ask({ name: input.name }, { readOnly: { text: input.path } });
		if (answer === undefined) throw new Error('it ended');
		return { outputPath: join(context.scratchDir, 'out'), warnings: [], details: { answer } };
	},
};

let root: string;
let workplaces: Workplaces;
const problems: string[] = [];
const open = (options: { standbys?: number; jobsPerProcess?: number; of?: Tool } = {}) => {
	workplaces = createWorkplaces([options.of ?? tool], {
		scratchRoot: root,
		standbys: options.standbys ?? 1,
		jobsPerProcess: options.jobsPerProcess ?? 1,
		onProblem: (problem) => problems.push(problem),
	});
};
beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), 'workplaces-'));
	problems.length = 0;
});
afterEach(async () => {
	await workplaces.stop();
	expect(await readdir(root)).toEqual([]);
	await rm(root, { recursive: true });
});

async function runAt(workplace: Workplace, content: string, signal = new AbortController().signal) {
	const percents: number[] = [];
	try {
		await writeFile(workplace.scratch.inputPath, content);
		const onProgress = (percent: number) => percents.push(percent);
		const request = { name: 'a.txt', mimeType: TEXT, sizeBytes: 4, params: {}, signal, onProgress };
		const result = await runTool(tool, { ...workplace, ...request });
		return { answer: result.details.answer, percents };
	} finally {
		await workplaces.giveBack(workplace);
	}
}

const run = async (content: string) => runAt(await workplaces.take(tool), content);

describe('a tool with a standby command', () => {
	test('is answered by the process that waits, whose progress is the job’s', async () => {
		open();
		const { answer, percents } = await run('text');
		expect(answer).toEqual({ served: 0, request: { name: 'a.txt' }, files: 'out' });
		expect(percents).toEqual([50]);
	});

	test('tells how many processes wait', async () => {
		open({ standbys: 2 });
		const ready = () => workplaces.ready().get('test');
		expect(ready()).toBe(0);
		while (ready() !== 2) await new Promise((resolve) => setTimeout(resolve, 20));
		const workplace = await workplaces.take(tool);
		expect(ready()).toBe(1);
		await workplaces.giveBack(workplace);
	});

	test('has a process of its own for each job', async () => {
		open({ standbys: 2 });
		const answers = [await run('a'), await run('b'), await run('c')].map(({ answer }) => answer);
		expect(answers).toEqual(Array(3).fill(expect.objectContaining({ served: 0 })));
	});

	test('may keep a process for so many jobs, which see nothing of each other in the scratch directory', async () => {
		open({ jobsPerProcess: 2 });
		const served = [];
		for (const text of ['a', 'b', 'c']) served.push((await run(text)).answer);
		expect(served).toEqual(
			[0, 1, 0].map((count) => expect.objectContaining({ served: count, files: 'out' })),
		);
	});

	test('starts a process on the spot where none stands by', async () => {
		open({ standbys: 0 });
		const workplace = await workplaces.take(tool);
		expect(workplace.standby).toBeUndefined();
		expect((await runAt(workplace, 'text')).answer).toMatchObject({ served: 0 });
	});

	test('hears of a process that ends instead of answering, and the next job has another', async () => {
		open({ jobsPerProcess: 5 });
		await expect(run('die')).rejects.toThrow('it ended');
		expect((await run('text')).answer).toMatchObject({ served: 0 });
	});

	test('canceled, leaves no process', async () => {
		open({ jobsPerProcess: 5 });
		const workplace = await workplaces.take(tool);
		const controller = new AbortController();
		const job = runAt(workplace, 'hang', controller.signal);
		const reason = new Error('canceled');
		setTimeout(() => controller.abort(reason), 100);
		await expect(job).rejects.toBe(reason);
		expect(await workplace.standby?.ended).toMatchObject({ signal: 'SIGKILL' });
	});
});

test('a process that dies while it waits is replaced', async () => {
	open();
	const { standby } = await workplaces.take(tool).then(async (workplace) => {
		await workplaces.giveBack(workplace);
		return workplace;
	});
	await standby?.end();
	expect((await run('text')).answer).toMatchObject({ served: 0 });
});

test('a command that does not come up is a problem that is told, and jobs go on without it', async () => {
	open({ of: { ...tool, standby: { command: 'false', args: [] } } });
	const workplace = await workplaces.take(tool);
	expect(workplace.standby).toBeUndefined();
	await workplaces.giveBack(workplace);
	expect(problems).toContain('standby.failed');
});

test('when it is stopped, nothing that waits is left', async () => {
	open({ standbys: 3 });
	const workplace = await workplaces.take(tool);
	await workplaces.stop();
	expect(await readdir(root)).toHaveLength(1);
	await workplaces.giveBack(workplace);
});
