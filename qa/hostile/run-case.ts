import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkspaces, type Workspaces } from '@creatorr/tool-kit/pool/workspaces';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { loadTools } from '@creatorr/tools/runners';
import { runInWorkspace, type SampleResult } from '@creatorr/tools/testing/run-sample';
import { endsOf, type HostileCase } from './hostile-case.ts';
import { inspect } from './leaks.ts';
import type { World } from './world.ts';

/** How a case failed; undefined when it ended as expected. */
type Verdict = string | undefined;

/** A run that takes longer hangs. Shorter than the tools' own deadlines; time that other processes take doesn't count. */
const DEADLINE_MS = 180_000;
const MAX_PAGES = 200;

/** Runs cases as the worker does, with prewarmed processes, in scratch directories that must be removed at the end. */
export async function openRunner(world: World, prewarmedPerTool: number) {
	const root = await mkdtemp(join(tmpdir(), 'hostile-'));
	// Also removed when this process exits early; its commands end with it.
	process.once('exit', () => rmSync(root, { recursive: true, force: true }));
	const tools = await loadTools();
	const problems: string[] = [];
	const workspaces = createWorkspaces(tools.values(), {
		scratchRoot: root,
		prewarmedPerTool,
		jobsPerProcess: 1,
		// On a busy machine no prewarmed process may be ready. Then a job starts its own.
		onProblem: (problem, error) => {
			if (problem === 'scratch.not_removed') problems.push(`${problem}: ${error}`);
		},
	});
	return {
		async judge(one: HostileCase): Promise<Verdict> {
			const tool = tools.get(one.tool);
			if (!tool) throw new Error(`there is no tool ${one.tool}`);
			const outcome = await outcomeOf(withDeadline(tool, one.deadlineMs), one, workspaces);
			return (await verdictOn(one, world, outcome)) ?? problems.pop() ?? world.received().at(-1);
		},
		async close(): Promise<void> {
			await workspaces.stop();
			await rm(root, { recursive: true });
		},
	};
}

function withDeadline(tool: Tool, deadlineMs = DEADLINE_MS): Tool {
	const deadline = { baseMs: deadlineMs, perMiBMs: 0, capMs: deadlineMs };
	return { ...tool, manifest: { ...tool.manifest, limits: { ...tool.manifest.limits, deadline } } };
}

type Outcome = SampleResult | { error: unknown };

async function outcomeOf(tool: Tool, one: HostileCase, workspaces: Workspaces): Promise<Outcome> {
	const workspace = await workspaces.acquire(tool);
	try {
		const sample = { ...one, name: one.fileName, content: await one.make() };
		return await runInWorkspace(tool, workspace, sample, { pageLimit: { pages: MAX_PAGES } });
	} catch (error) {
		return { error };
	} finally {
		await workspaces.release(workspace);
	}
}

async function verdictOn({ expected }: HostileCase, { secret }: World, outcome: Outcome): Promise<Verdict> {
	const ends = endsOf(expected);
	if ('error' in outcome) {
		const { error } = outcome;
		if (!(error instanceof ToolError)) return `broke: ${String(error)}`;
		const { code, message, cause } = error;
		if (message.includes(secret)) return 'the message contains the secret';
		if (ends.includes(code)) return undefined;
		return `${code} instead of ${ends.join(' or ')}: ${message} ${JSON.stringify(cause)?.slice(-300) ?? ''}`;
	}
	const { text, leaks } = await inspect(outcome.output, secret);
	const shown = JSON.stringify(text.slice(0, 200));
	if (leaks.length > 0) return `the secret is in the output: ${leaks.join(', ')}`;
	if ([...outcome.outputName].length > 255) return 'the name of the output is too long';
	if (!ends.includes('succeeded')) return `succeeded instead of ${ends.join(' or ')}: ${shown}`;
	return expected instanceof RegExp && !expected.test(text) ? `the text is ${shown}` : undefined;
}
