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
	onProblem(problem: 'prewarmed.failed' | 'scratch.not_removed', error: unknown): void;
}

/** Keeps the prewarmed processes of one tool. */
export interface WarmPool {
	/** Resolves with undefined when no process is ready or starting. */
	acquire(): Promise<Workspace | undefined>;
	/** Keeps the workspace for another job if possible. Resolves with false if the caller has to discard it. */
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

/** The processes that wait for a job. Each is retired when it has waited for {@link MAX_AGE_MS}. */
function createWaitingList(onExpired: (entry: Entry) => void) {
	const entries: Entry[] = [];
	return {
		entries: entries as readonly Entry[],
		add(entry: Entry): void {
			entries.push(entry);
			entry.expiry = setTimeout(onExpired, MAX_AGE_MS, entry).unref();
		},
		/** Returns whether the entry was waiting. */
		remove(entry: Entry): boolean {
			const index = entries.indexOf(entry);
			if (index !== -1) entries.splice(index, 1);
			clearTimeout(entry.expiry);
			return index !== -1;
		},
	};
}

/** Pauses starts after a failure. Each pause is twice as long as the one before, until a start succeeds. */
function createBackoff(onEnd: () => void) {
	let failures = 0;
	let timer: NodeJS.Timeout | undefined;
	return {
		isActive: () => timer !== undefined,
		begin(): void {
			const end = () => {
				timer = undefined;
				onEnd();
			};
			timer ??= setTimeout(end, Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** failures++)).unref();
		},
		reset(): void {
			failures = 0;
		},
		stop: () => clearTimeout(timer),
	};
}

/** Starts the processes of one tool, and replaces those that end or expire while they wait. */
function createSupply(tool: Tool, options: WarmPoolOptions, isStopped: () => boolean) {
	const size = tool.prewarmed ? options.prewarmedPerTool : 0;
	const inUse = new Map<Workspace, Entry>();
	const waiting = createWaitingList((entry) => void retire(entry));
	const backoff = createBackoff(fill);

	function fill(): void {
		while (canStart() && waiting.entries.length + inUse.size < size) start();
	}

	function canStart(): boolean {
		return size > 0 && !isStopped() && !backoff.isActive();
	}

	function start(): void {
		const entry = { workspace: openWorkspace(tool, options), isReady: false, jobs: 0 };
		waiting.add(entry);
		void watch(entry);
	}

	async function retire(entry: Entry): Promise<void> {
		if (!waiting.remove(entry)) return;
		fill();
		const workspace = await entry.workspace;
		if (workspace) await options.discard(workspace);
	}

	/** Replaces a process that ends while it waits, with exponential backoff. */
	async function watch(entry: Entry): Promise<void> {
		const workspace = await entry.workspace;
		entry.isReady = workspace !== undefined;
		if (workspace) backoff.reset();
		await workspace?.prewarmed?.ended;
		const wasWaiting = waiting.remove(entry);
		if (workspace && !wasWaiting) return;
		if (workspace) await options.discard(workspace);
		if (isStopped()) return;
		options.onProblem('prewarmed.failed', new Error(`a prewarmed process of ${tool.manifest.slug} ended`));
		backoff.begin();
	}

	return { inUse, waiting, backoff, fill, canStart, start, retire };
}

export function createWarmPool(tool: Tool, options: WarmPoolOptions): WarmPool {
	let isStopped = false;
	const { inUse, waiting, ...supply } = createSupply(tool, options, () => isStopped);
	supply.fill();
	return {
		async acquire() {
			// Otherwise a process is replaced only when its job is done, because a start would slow the job down.
			if (waiting.entries.length === 0 && supply.canStart()) supply.start();
			const [entry] = waiting.entries;
			if (!entry) return undefined;
			waiting.remove(entry);
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
			// A process that received no request has seen nothing of the job, for example because the file had the wrong type.
			const mayServe = workspace.isReusable === true || workspace.prewarmed?.isUsed() === false;
			const isReused = !isStopped && mayServe && (await isReady(workspace));
			if (isReused) await clearScratch(workspace.scratch);
			inUse.delete(workspace);
			if (isReused) waiting.add(entry);
			supply.fill();
			return isReused;
		},
		ready: () => waiting.entries.filter((entry) => entry.isReady).length,
		async stop() {
			isStopped = true;
			supply.backoff.stop();
			await Promise.all([...waiting.entries].map(supply.retire));
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
		options.onProblem('prewarmed.failed', error);
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
