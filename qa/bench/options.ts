import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchError } from './say.ts';

export const USAGE = `usage: npm run bench tools -- [options]    each tool against the plain command that anyone would use
       npm run bench corpus -- --dir DIR   every file of DIR's manifest.tsv through the API of a running product
       npm run bench load -- [options]     whether a user is refused while the machine has far too much to do
       npm run bench neighbours            how long small jobs take beside one that takes all that it gets
       npm run bench gateway               requests a second through the gateway, and through nginx with auth_request
       npm run bench overhead              what a job costs beyond its tool, with an idle queue
       npm run bench throughput            small jobs a second by 1, 2 and 4 workers
       npm run bench drain                 how fast 10,000 queued jobs that do nothing are done
       npm run bench memory                whether the memory of any process grows under load
       npm run bench abuse                 what a user sees while the product is attacked; --only takes an attack
       npm run bench presign               CPU time of presigning 100 URLs, by our signer and by the SDK's

  --dir DIR     files to take instead of those that the bench makes: with a manifest.tsv (columns tool, file, mime,
                params, expect), or in folders named as a tool or its first word, or told apart by their type
  --only TOOL   this tool alone (may be repeated)
  --skip TEXT   leave out files whose path has this text in it (may be repeated)
  --repeat N    run each file N times and take the median time (1)
  --no-large    tools: leave out the two large documents
  --api URL     load: where the running product is (http://127.0.0.1:8080)
  --seconds N   gateway, abuse: how long to measure each side (30); load: how long (600)
  --jobs N      overhead, throughput, drain: how many jobs (300, 60, 10000)
  --minutes N   memory: how long (30)
  --profile DIR gateway: writes a CPU profile of it there
  --json FILE   where the figures go as JSON (qa/bench/results/<name>.json)

Exit code 1 when a bar is missed.`;

const NAMES = [
	...(['tools', 'corpus', 'load', 'neighbours', 'gateway'] as const),
	...(['overhead', 'throughput', 'drain', 'memory', 'presign', 'abuse'] as const),
] as const;

type Name = (typeof NAMES)[number];

export interface Options {
	name: Name;
	/** Undefined: the files that the bench makes. */
	dir: string | undefined;
	only: readonly string[];
	skip: readonly string[];
	repeat: number;
	withLarge: boolean;
	apiUrl: string;
	seconds: number;
	/** Undefined: as many as the bench takes by itself. */
	jobs: number | undefined;
	minutes: number;
	/** Where a CPU profile is written to; undefined: none is made. */
	profileDir: string | undefined;
	jsonPath: string;
}

const RESULTS = resolve(import.meta.dirname, 'results');

/** Throws a BenchError that says how it should have been. */
export function readOptions(args: readonly string[], startedIn: string): Options {
	const { values, positionals } = parse(args);
	const name = NAMES.find((one) => one === (positionals[0] ?? 'tools'));
	if (positionals.length > 1 || name === undefined || values.help) throw new BenchError(USAGE);
	const repeat = wholeNumber(values.repeat, '--repeat takes a number of runs, from 1.');
	const seconds = wholeNumber(
		values.seconds ?? (name === 'load' ? '600' : '30'),
		'--seconds takes whole seconds, from 1.',
	);
	const jobs =
		values.jobs === undefined
			? undefined
			: wholeNumber(values.jobs, '--jobs takes a number of jobs, from 1.');
	const minutes = wholeNumber(values.minutes, '--minutes takes whole minutes, from 1.');
	if (name === 'corpus' && values.dir === undefined) throw new BenchError(`corpus needs --dir.\n\n${USAGE}`);
	return {
		name,
		dir: values.dir === undefined ? undefined : resolve(startedIn, values.dir),
		only: values.only,
		skip: values.skip,
		repeat,
		withLarge: !values['no-large'],
		apiUrl: values.api.replace(/\/+$/, ''),
		seconds,
		jobs,
		minutes,
		profileDir: values.profile === undefined ? undefined : resolve(startedIn, values.profile),
		jsonPath: values.json === undefined ? resolve(RESULTS, `${name}.json`) : resolve(startedIn, values.json),
	};
}

function wholeNumber(text: string, error: string): number {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1) throw new BenchError(error);
	return value;
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				dir: { type: 'string' },
				only: { type: 'string', multiple: true, default: [] },
				skip: { type: 'string', multiple: true, default: [] },
				repeat: { type: 'string', default: '1' },
				'no-large': { type: 'boolean', default: false },
				api: { type: 'string', default: 'http://127.0.0.1:8080' },
				seconds: { type: 'string' },
				jobs: { type: 'string' },
				minutes: { type: 'string', default: '30' },
				profile: { type: 'string' },
				json: { type: 'string' },
				help: { type: 'boolean', default: false },
			},
		});
	} catch (error) {
		throw new BenchError(`${(error as Error).message}\n\n${USAGE}`);
	}
}
