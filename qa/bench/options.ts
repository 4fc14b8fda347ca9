import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchError } from './log.ts';

export const USAGE = `usage: npm run bench tools -- [options]    compare each tool with the plain command-line program
       npm run bench corpus -- --dir DIR   run every file of DIR's manifest.tsv through a running product's API
       npm run bench load -- [options]     check that users are served while the machine is overloaded
       npm run bench neighbors             measure small jobs beside one that uses all the CPU it gets
       npm run bench gateway               measure requests per second of the gateway and of nginx with auth_request
       npm run bench overhead              measure the overhead of a job beyond its tool, with an idle queue
       npm run bench throughput            measure small jobs per second with 1, 2 and 4 workers
       npm run bench drain                 measure how fast 10,000 queued no-op jobs finish
       npm run bench memory                check that no process's memory grows under load
       npm run bench abuse                 measure what a user sees during an attack; --only selects an attack
       npm run bench presign               measure CPU time of presigning 100 URLs, with our signer and the SDK's

  --dir DIR     use these files instead of generated ones: with a manifest.tsv (columns tool, file, mime, params,
                expect), or in folders named after a tool or its first word, or assigned by type
  --only TOOL   run only this tool (repeatable)
  --skip TEXT   skip files whose path contains this text (repeatable)
  --repeat N    run each file N times and use the median time (default: 1)
  --no-large    tools: skip the two large documents
  --api URL     load: URL of the running product (default: http://127.0.0.1:8080)
  --seconds N   duration; gateway, abuse: of each side (default: 30); load: in total (default: 600)
  --jobs N      overhead, throughput, drain: number of jobs (default: 300, 60, 10000)
  --minutes N   memory: duration (default: 30)
  --profile DIR gateway: write its CPU profile to DIR
  --json FILE   write the results as JSON (default: qa/bench/results/<name>.json)

Exits with 1 if a target is missed.`;

const DEFAULT_JOBS: Partial<Record<string, string>> = { overhead: '300', throughput: '60', drain: '10000' };

const RESULTS = resolve(import.meta.dirname, 'results');

export type Options = ReturnType<typeof readOptions>;

/**
 * Reads the command line; paths are relative to `workingDirectory`. Throws a BenchError with the usage.
 * @param names of the benches
 */
export function readOptions(args: readonly string[], workingDirectory: string, names: readonly string[]) {
	const { values, positionals } = parse(args);
	const [name = 'tools', ...others] = positionals;
	if (!names.includes(name) || others.length > 0 || values.help) throw new BenchError(USAGE);
	if (name === 'corpus' && values.dir === undefined) throw new BenchError(`corpus needs --dir.\n\n${USAGE}`);
	const path = (text: string | undefined) =>
		text === undefined ? undefined : resolve(workingDirectory, text);
	return {
		name,
		/** Undefined for the generated files. */
		dir: path(values.dir),
		only: values.only,
		skip: values.skip,
		repeat: wholeNumber('repeat', values.repeat),
		withLarge: !values['no-large'],
		apiUrl: values.api.replace(/\/+$/, ''),
		seconds: wholeNumber('seconds', values.seconds ?? (name === 'load' ? '600' : '30')),
		jobs: wholeNumber('jobs', values.jobs ?? DEFAULT_JOBS[name] ?? '1'),
		minutes: wholeNumber('minutes', values.minutes),
		/** Undefined for no CPU profile. */
		profileDir: path(values.profile),
		jsonPath: path(values.json) ?? resolve(RESULTS, `${name}.json`),
	};
}

function wholeNumber(name: string, text: string): number {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1) throw new BenchError(`--${name} takes a whole number from 1.`);
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
