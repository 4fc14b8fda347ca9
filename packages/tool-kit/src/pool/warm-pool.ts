import { setTimeout as sleep } from 'node:timers/promises';
import { prewarmedLimits } from '../limits/command-limits.ts';
import { clearScratch, createScratch, type Scratch } from '../scratch/scratch.ts';
import type { Tool } from '../tool/tool.ts';
import { type PrewarmedProcess, startPrewarmed } from './prewarmed-process.ts';

/** Where a job runs: a scratch directory, for some tools with a prewarmed process in it. */
export interface Workspace {
	scratch: Scratch;
	prewarmed?: PrewarmedProcess;
	/** Whether the process may serve another job afterwards. */
	isReusable?: boolean;
}

export interface PoolOptions {
	scratchRoot: string;
	/** How many processes of each tool are kept warm. */
	prewarmedPerTool: number;
	/** How many jobs one process serves. With more than 1, a document may see what another one left behind. */
	jobsPerProcess: number;
	onProblem(problem: 'standby.failed' | 'scratch.not_removed', error: unknown): void;
}

/** Keeps the prewarmed processes of one tool. */
export interface WarmPool {
	/** Resolves with undefined when no process is ready or starting. */
	acquire(): Promise<Workspace | undefined>;
	/** Keeps the workspace for another job where possible; resolves with false when the caller has to discard it. */
	release(workspace: Workspace): Promise<boolean>;
	/** Counts the processes that wait for a job, without those that are starting. */
	ready(): number;
	stop(): Promise<void>;
}

interface WarmPoolOptions extends PoolOptions {
	discard(workspace: Workspace): Promise<void>;
}

interface Entry {
	/** Undefined when its process did not start. */
	workspace: Promise<Workspace | undefined>;
	/** Its process has started. */
	isReady: boolean;
	jobs: number;
	expiry?: NodeJS.Timeout;
}

const MAX_AGE_MS = 10 * 60_000;
const READY_WITHIN_MS = 30_000;
const MIN_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 60_000;

export function createWarmPool(tool: Tool, options: WarmPoolOptions): WarmPool {
	const size = tool.prewarmed ? options.prewarmedPerTool : 0;
	const waiting: Entry[] = [];
	const inUse = new Map<Workspace, Entry>();
	let failures = 0;
	let backoff: NodeJS.Timeout | undefined;
	let isStopped = false;

	function fill(): void {
		while (!isStopped && !backoff && waiting.length + inUse.size < size) start();
	}

	function start(): void {
		add({ workspace: openWorkspace(tool, options), isReady: false, jobs: 0 });
	}

	function add(entry: Entry): void {
		waiting.push(entry);
		entry.expiry = setTimeout(() => void retire(entry), MAX_AGE_MS).unref();
		if (entry.jobs === 0) void watch(entry);
	}

	function remove(entry: Entry): boolean {
		const index = waiting.indexOf(entry);
		if (index !== -1) waiting.splice(index, 1);
		clearTimeout(entry.expiry);
		return index !== -1;
	}

	async function retire(entry: Entry): Promise<void> {
		if (!remove(entry)) return;
		fill();
		const workspace = await entry.workspace;
		if (workspace) await options.discard(workspace);
	}

	/** Replaces a process that ends while it waits, with exponential backoff. */
	async function watch(entry: Entry): Promise<void> {
		const workspace = await entry.workspace;
		entry.isReady = workspace !== undefined;
		if (workspace) failures = 0;
		await workspace?.prewarmed?.ended;
		const wasWaiting = remove(entry);
		if (workspace && !wasWaiting) return;
		if (workspace) await options.discard(workspace);
		if (isStopped) return;
		options.onProblem('standby.failed', new Error(`a prewarmed process of ${tool.manifest.slug} ended`));
		backoff ??= setTimeout(resume, Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** failures++)).unref();
	}

	function resume(): void {
		backoff = undefined;
		fill();
	}

	fill();
	return {
		async acquire() {
			// The replacement starts when the job is done, as its start would slow the job down, unless a job waits for it.
			if (waiting.length === 0 && size > 0 && !isStopped && !backoff) start();
			const [entry] = waiting;
			if (!entry) return undefined;
			remove(entry);
			entry.jobs += 1;
			const workspace = await entry.workspace;
			if (!workspace) return undefined;
			workspace.isReusable = entry.jobs < options.jobsPerProcess;
			inUse.set(workspace, entry);
			return workspace;
		},
		async release(workspace) {
			const entry = inUse.get(workspace);
			if (!entry) return false;
			const isReused = !isStopped && workspace.isReusable === true && (await isReady(workspace));
			if (isReused) await clearScratch(workspace.scratch);
			inUse.delete(workspace);
			if (isReused) add(entry);
			fill();
			return isReused;
		},
		ready: () => waiting.filter((entry) => entry.isReady).length,
		async stop() {
			isStopped = true;
			clearTimeout(backoff);
			await Promise.all([...waiting].map(retire));
		},
	};
}

/** Resolves with undefined when the process does not start. */
async function openWorkspace(tool: Tool, options: WarmPoolOptions): Promise<Workspace | undefined> {
	try {
		const scratch = await createScratch(options.scratchRoot);
		const workspace: Workspace = { scratch };
		if (tool.prewarmed) {
			const limits = prewarmedLimits(tool.manifest, options.jobsPerProcess);
			workspace.prewarmed = await startPrewarmed(tool.prewarmed, scratch, limits);
		}
		if (await isReady(workspace)) return workspace;
		await options.discard(workspace);
	} catch (error) {
		options.onProblem('standby.failed', error);
	}
	return undefined;
}

async function isReady({ prewarmed }: Workspace): Promise<boolean> {
	if (!prewarmed) return false;
	const late = new AbortController();
	const timeout = sleep(READY_WITHIN_MS, false, { signal: late.signal, ref: false }).catch(() => false);
	const isReady = await Promise.race([prewarmed.ready(), timeout]);
	late.abort();
	return isReady;
}
