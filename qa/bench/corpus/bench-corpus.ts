import { setTimeout as sleep } from 'node:timers/promises';
import { mapConcurrently } from '../../driver/map-concurrently.ts';
import { median } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { type Account, openAccount } from '../product/account.ts';
import type { Figure, Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { secondsSince } from '../run/trial.ts';
import { readFolder } from '../samples/folder.ts';
import { type Sample, SUCCEEDED } from '../samples/sample.ts';
import { BenchError, say } from '../say.ts';
import { lookAtWorkers, type WorkerState } from './worker.ts';

const AT_ONCE = 4;
/** What a worker removes after it has said that a job is done. */
const SETTLE_MS = 10_000;
const SETTLE_STEP_MS = 250;
/** The first jobs bring code and buffers in; what leaks grows far beyond. */
const ALLOWED_GROWTH_MIB = 50;

interface Ended {
	sample: Sample;
	/** `succeeded`, the code of an error, or `refused` when it never came to a job. */
	end: string;
	message: string;
	seconds: number;
}

/** Puts every file through the API of the running product, and looks what its workers have left over. */
export async function benchCorpus({ dir = '', only, skip }: Options): Promise<Section[]> {
	const samples = await readFolder(dir, { only, skip });
	const account = await openAccount();
	const before = lookAtWorkers();
	const memory = watchMemory();
	const startedAt = performance.now();
	const ended = await mapConcurrently(samples, AT_ONCE, (sample) => putThrough(account, sample));
	const seconds = secondsSince(startedAt);
	const highest = memory.stop();
	const after = await settled(before);
	const figures = [
		...endFigures(ended, seconds),
		...(before && after ? leftFigures(before, after, highest) : []),
	];
	const section = {
		title: `${samples.length} files, ${AT_ONCE} at once, through the API`,
		figures,
		files: ended.map(row),
	};
	say(renderSection(section));
	return [section];
}

async function putThrough(account: Account, sample: Sample): Promise<Ended> {
	const startedAt = performance.now();
	try {
		const job = await account.finish(await account.enqueue(sample, await account.upload(sample)));
		const { error_code, error_message = '' } = job;
		return {
			sample,
			end: error_code ?? job.status,
			message: error_message,
			seconds: secondsSince(startedAt),
		};
	} catch (error) {
		if (!(error instanceof BenchError)) throw error;
		return { sample, end: 'refused', message: error.message, seconds: secondsSince(startedAt) };
	}
}

/** The workers' state once they hold no more than before, or after a while. */
async function settled(before: WorkerState | undefined): Promise<WorkerState | undefined> {
	for (let waitedMs = 0; ; waitedMs += SETTLE_STEP_MS) {
		const after = lookAtWorkers();
		const isSettled =
			before && after && after.processes <= before.processes && after.scratch <= before.scratch;
		if (isSettled || waitedMs >= SETTLE_MS) return after;
		await sleep(SETTLE_STEP_MS);
	}
}

function isAsExpected({ sample, end }: Ended): boolean {
	return sample.expect.includes(end);
}

function endFigures(ended: readonly Ended[], seconds: number): Figure[] {
	return [
		{ name: 'files', value: ended.length },
		{ name: 'succeeded', value: ended.filter(({ end }) => end === SUCCEEDED).length },
		{
			name: 'ended otherwise than expected',
			value: ended.filter((one) => !isAsExpected(one)).length,
			bar: { atMost: 0 },
		},
		{ name: 'time in all', value: seconds, unit: 's' },
		{
			name: 'median time of a file, with upload and queue',
			value: median(ended.map((one) => one.seconds)),
			unit: 's',
		},
	];
}

/** Follows how much memory the workers have. */
function watchMemory(): { stop(): number } {
	let highest = 0;
	const timer = setInterval(() => {
		highest = Math.max(highest, lookAtWorkers()?.memoryMiB ?? 0);
	}, SETTLE_STEP_MS);
	return {
		stop() {
			clearInterval(timer);
			return highest;
		},
	};
}

function leftFigures(before: WorkerState, after: WorkerState, highestMiB: number): Figure[] {
	return [
		{ name: 'memory of the workers before', value: before.memoryMiB, unit: 'MiB' },
		{ name: 'memory of the workers, highest', value: highestMiB, unit: 'MiB' },
		{
			name: 'memory of the workers after',
			value: after.memoryMiB,
			unit: 'MiB',
			bar: { atMost: before.memoryMiB + ALLOWED_GROWTH_MIB },
		},
		{ name: 'processes of the workers before', value: before.processes },
		{ name: 'processes of the workers after', value: after.processes, bar: { atMost: before.processes } },
		{ name: 'scratch directories before', value: before.scratch },
		{ name: 'scratch directories after', value: after.scratch, bar: { atMost: before.scratch } },
	];
}

function row(ended: Ended): Record<string, string | number> {
	const { sample, end, seconds, message } = ended;
	return {
		file: sample.label,
		tool: sample.tool,
		s: seconds,
		end,
		expected: isAsExpected(ended) ? '' : `no: ${sample.expect.join(' or ')}`,
		message,
	};
}
