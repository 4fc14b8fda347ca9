import { JobError } from '@creatorr/client';
import pMap from 'p-map';
import { BenchError } from '../log.ts';
import { median } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { registerUser, type User } from '../product/user.ts';
import type { Section } from '../report/section.ts';
import { secondsSince } from '../run/trial.ts';
import { readFolder, type Sample, SUCCEEDED } from '../samples/samples.ts';

const CONCURRENT_JOBS = 4;

/** Runs every file of a folder through the API of the running product. */
export async function* bench({ api, dir, only, skip }: Options): AsyncGenerator<Section> {
	if (!dir) throw new BenchError('corpus needs --dir.');
	const samples = await readFolder(dir, { only, skip });
	const user = await registerUser(process.env.BASE_URL ?? api);
	const startedAt = performance.now();
	const ended = await pMap(samples, (sample) => runSample(user, sample), { concurrency: CONCURRENT_JOBS });
	const seconds = secondsSince(startedAt);
	const isExpected = ({ sample, end }: Ended) => sample.expect.includes(end);
	const unexpected = ended.filter((one) => !isExpected(one)).length;
	const times = ended.map((one) => one.seconds);
	yield {
		title: `${samples.length} files, ${CONCURRENT_JOBS} at once, through the API`,
		figures: [
			{ name: 'files', value: ended.length },
			{ name: 'succeeded', value: ended.filter(({ end }) => end === SUCCEEDED).length },
			{ name: 'ended otherwise than expected', value: unexpected, bar: { atMost: 0 } },
			{ name: 'time in all', value: seconds, unit: 's' },
			{ name: 'median time of a file, with upload and queue', value: median(times), unit: 's' },
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
