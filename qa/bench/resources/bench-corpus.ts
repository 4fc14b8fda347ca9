import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { JobError } from '@creatorr/client';
import { mapConcurrently } from '../../driver/map-concurrently.ts';
import { eventually } from '../../driver/processes.ts';
import { median, sum } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { descendants, readMemory, readPids, watchMemory } from '../product/processes.ts';
import { registerUser, type User } from '../product/user.ts';
import type { Figure, Section } from '../report/section.ts';
import { secondsSince } from '../run/trial.ts';
import { readFolder, type Sample, SUCCEEDED } from '../samples/samples.ts';

const HOME = process.env.CREATORR_HOME ?? resolve(import.meta.dirname, '../../../.local');
const CONCURRENT_JOBS = 4;
/** A worker removes files and processes of a job after its end. */
const SETTLE_MS = 10_000;
const MEMORY_EVERY_MS = 250;
/** The first jobs load code and buffers. */
const ALLOWED_GROWTH_MIB = 50;

/** Runs every file of a folder through the API of the running product, and checks what its workers keep. */
export async function* bench({ apiUrl, dir = '', only, skip }: Options): AsyncGenerator<Section> {
	const samples = await readFolder(dir, { only, skip });
	const user = await registerUser(process.env.BASE_URL ?? apiUrl);
	const before = readWorkers();
	const startedAt = performance.now();
	const running = mapConcurrently(samples, CONCURRENT_JOBS, (sample) => runSample(user, sample));
	const memory = [...(await watchMemory(HOME, MEMORY_EVERY_MS, running))].filter(isWorker);
	const seconds = secondsSince(startedAt);
	const ended = await running;
	const isSettled = async () => {
		const { processes, scratch } = readWorkers();
		return processes <= before.processes && scratch <= before.scratch;
	};
	await eventually(isSettled, SETTLE_MS, '').catch(() => undefined);
	const isExpected = ({ sample, end }: Ended) => sample.expect.includes(end);
	const unexpected = ended.filter((one) => !isExpected(one)).length;
	const highestMib = sum(memory.map(([, points]) => Math.max(...points.map(([, mib]) => mib))));
	yield {
		title: `${samples.length} files, ${CONCURRENT_JOBS} at once, through the API`,
		figures: [
			{ name: 'files', value: ended.length },
			{ name: 'succeeded', value: ended.filter(({ end }) => end === SUCCEEDED).length },
			{ name: 'ended otherwise than expected', value: unexpected, bar: { atMost: 0 } },
			{ name: 'time in all', value: seconds, unit: 's' },
			{
				name: 'median time of a file, with upload and queue',
				value: median(ended.map((one) => one.seconds)),
				unit: 's',
			},
			...(memory.length > 0 ? workerFigures(before, readWorkers(), highestMib) : []),
		],
		files: ended.map((one) => ({
			file: one.sample.label,
			tool: one.sample.tool,
			s: one.seconds,
			end: one.end,
			expected: isExpected(one) ? '' : `no: ${one.sample.expect.join(' or ')}`,
			message: one.message,
		})),
	};
}

interface Ended {
	sample: Sample;
	/** `succeeded`, an error code of the job, or `refused` where no job was created. */
	end: string;
	message: string;
	seconds: number;
}

async function runSample({ client }: User, sample: Sample): Promise<Ended> {
	const startedAt = performance.now();
	const { path, mimeType, tool, params } = sample;
	const { end, message } = await client.run({ source: { path }, mimeType, tool, params }).then(
		() => ({ end: SUCCEEDED, message: '' }),
		(error: Error) => ({ end: error instanceof JobError ? error.code : 'refused', message: error.message }),
	);
	return { sample, end, message, seconds: secondsSince(startedAt) };
}

const isWorker = ([name]: readonly [string, unknown]) => name.startsWith('tool-worker');

/** What the workers hold, summed over all of this machine. */
function readWorkers() {
	const pids = [...readPids(HOME)].filter(isWorker).map(([, pid]) => pid);
	return {
		memoryMib: sum([...readMemory(HOME)].filter(isWorker).map(([, mib]) => mib)),
		processes: sum(pids.map((pid) => descendants(pid).length)),
		scratch: globSync('data/scratch/tool-worker*/*', { cwd: HOME }).length,
	};
}

type Workers = ReturnType<typeof readWorkers>;

function workerFigures(before: Workers, after: Workers, highestMib: number): Figure[] {
	const maxMib = before.memoryMib + ALLOWED_GROWTH_MIB;
	return [
		{ name: 'memory of the workers before', value: before.memoryMib, unit: 'MiB' },
		{ name: 'memory of the workers, highest', value: highestMib, unit: 'MiB' },
		{ name: 'memory of the workers after', value: after.memoryMib, unit: 'MiB', bar: { atMost: maxMib } },
		{ name: 'processes of the workers before', value: before.processes },
		{ name: 'processes of the workers after', value: after.processes, bar: { atMost: before.processes } },
		{ name: 'scratch directories before', value: before.scratch },
		{ name: 'scratch directories after', value: after.scratch, bar: { atMost: before.scratch } },
	];
}
