import { setTimeout as sleep } from 'node:timers/promises';
import { clearScratch, createScratch } from './scratch.ts';
import { startStandby } from './standby.ts';
import type { Tool } from './tool.ts';
import { standbyLimits } from './tool-limits.ts';
import type { Workplace, WorkplacesOptions } from './workplace.ts';

/** The processes of one tool that stand by. */
export interface Shelf {
	/** Undefined when none stands by and none is being started. */
	take(): Promise<Workplace | undefined>;
	/** Puts it back for another job; false when it is not for another. */
	takeBack(workplace: Workplace): Promise<boolean>;
	/** How many processes wait for a job; those that are being started do not count. */
	ready(): number;
	stop(): Promise<void>;
}

interface ShelfOptions extends WorkplacesOptions {
	discard(workplace: Workplace): Promise<void>;
}

interface Place {
	/** Undefined when its process did not come up. */
	workplace: Promise<Workplace | undefined>;
	/** Its process has come up. */
	isReady: boolean;
	jobs: number;
	expiry?: NodeJS.Timeout;
}

const MAX_AGE_MS = 10 * 60_000;
const READY_WITHIN_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

export function createShelf(tool: Tool, options: ShelfOptions): Shelf {
	const size = tool.standby ? options.standbys : 0;
	const waiting: Place[] = [];
	const atWork = new Map<Workplace, Place>();
	let failures = 0;
	let pause: NodeJS.Timeout | undefined;
	let isStopped = false;

	function fill(): void {
		while (!isStopped && !pause && waiting.length + atWork.size < size) start();
	}

	function start(): void {
		put({ workplace: open(tool, options), isReady: false, jobs: 0 });
	}

	function put(place: Place): void {
		waiting.push(place);
		place.expiry = setTimeout(() => void retire(place), MAX_AGE_MS).unref();
		if (place.jobs === 0) void watch(place);
	}

	function remove(place: Place): boolean {
		const index = waiting.indexOf(place);
		if (index !== -1) waiting.splice(index, 1);
		clearTimeout(place.expiry);
		return index !== -1;
	}

	async function retire(place: Place): Promise<void> {
		if (!remove(place)) return;
		fill();
		const workplace = await place.workplace;
		if (workplace) await options.discard(workplace);
	}

	/** Replaces a process that ends while it waits, with growing pauses where that happens again and again. */
	async function watch(place: Place): Promise<void> {
		const workplace = await place.workplace;
		place.isReady = workplace !== undefined;
		if (workplace) failures = 0;
		await workplace?.standby?.ended;
		const isWaiting = remove(place);
		if (workplace && !isWaiting) return;
		if (workplace) await options.discard(workplace);
		if (isStopped) return;
		options.onProblem('standby.failed', new Error(`no process of ${tool.manifest.slug} stands by`));
		pause ??= setTimeout(resume, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++)).unref();
	}

	function resume(): void {
		pause = undefined;
		fill();
	}

	fill();
	return {
		async take() {
			// The next is started when a job is done, for it would slow the job down, unless somebody waits for it.
			if (waiting.length === 0 && size > 0 && !isStopped && !pause) start();
			const [place] = waiting;
			if (!place) return undefined;
			remove(place);
			place.jobs += 1;
			const workplace = await place.workplace;
			if (!workplace) return undefined;
			workplace.keepsStandby = place.jobs < options.jobsPerProcess;
			atWork.set(workplace, place);
			return workplace;
		},
		async takeBack(workplace) {
			const place = atWork.get(workplace);
			if (!place) return false;
			const isReusable = !isStopped && workplace.keepsStandby === true && (await isReady(workplace));
			if (isReusable) await clearScratch(workplace.scratch);
			atWork.delete(workplace);
			if (isReusable) put(place);
			fill();
			return isReusable;
		},
		ready: () => waiting.filter((place) => place.isReady).length,
		async stop() {
			isStopped = true;
			clearTimeout(pause);
			await Promise.all([...waiting].map(retire));
		},
	};
}

/** Undefined when it does not come up. */
async function open(tool: Tool, options: ShelfOptions): Promise<Workplace | undefined> {
	try {
		const scratch = await createScratch(options.scratchRoot);
		const workplace: Workplace = { scratch };
		if (tool.standby) {
			const limits = standbyLimits(tool.manifest, options.jobsPerProcess);
			workplace.standby = await startStandby(tool.standby, scratch, limits);
		}
		if (await isReady(workplace)) return workplace;
		await options.discard(workplace);
	} catch (error) {
		options.onProblem('standby.failed', error);
	}
	return undefined;
}

async function isReady({ standby }: Workplace): Promise<boolean> {
	if (!standby) return false;
	const late = new AbortController();
	const timeout = sleep(READY_WITHIN_MS, false, { signal: late.signal, ref: false }).catch(() => false);
	const isReady = await Promise.race([standby.ready(), timeout]);
	late.abort();
	return isReady;
}
