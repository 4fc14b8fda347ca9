import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { createCommand, toWholeNumber } from '../driver/options.ts';

/** Each bench takes some of them. Paths are absolute. */
export interface Options {
	/** Undefined for the generated files. */
	dir?: string;
	only: readonly string[];
	seconds: number;
	jobs: number;
	deliveries: number;
	/** Undefined for no CPU profile. */
	profile?: string;
}

const toPath = (text: string) => resolve(process.env.INIT_CWD ?? process.cwd(), text);
const repeated = (text: string, before: readonly string[]) => [...before, text];

const count = (name: string, what: string, standard: number) =>
	new Option(`--${name} <n>`, what).argParser(toWholeNumber).default(standard);
const only = (what: string) =>
	new Option(`--only <${what}>`, `run only this ${what} (repeatable)`).argParser(repeated).default([]);

const dir = new Option(
	'--dir <dir>',
	'use the files of its manifest.tsv (columns tool, file, mime, params, expect) instead of generated ones',
).argParser(toPath);
const profile = new Option('--profile <dir>', 'write the CPU profile of the gateway to it').argParser(toPath);
const seconds = (standard: number) => count('seconds', 'duration of each measurement', standard);
const jobs = (standard: number) => count('jobs', 'number of jobs', standard);

const BENCHES: readonly [folder: string, name: string, summary: string, ...options: Option[]][] = [
	['tools', 'tools', 'compare each tool with the plain program', dir, only('tool')],
	['gateway', 'gateway', 'compare the gateway with nginx and auth_request', seconds(30), profile],
	['gateway', 'ratelimit', 'measure how exact rate limits are and what they cost', only('part'), seconds(30)],
	['queue', 'overhead', 'measure the overhead of a job beyond its tool, with an idle queue', jobs(300)],
	['queue', 'drain', 'measure how fast queued no-op jobs finish', jobs(10_000)],
	// with half of the reads, their p99 would depend on the slowest six
	['users', 'abuse', 'measure what a user sees during attacks', only('attack'), seconds(60)],
	[
		'webhooks',
		'webhooks',
		'measure webhook deliveries per second, a long backlog, and delays beside slow endpoints',
		count('deliveries', 'number of deliveries', 10_000),
		seconds(30),
	],
];

/** Returns the command line, on which `run` is called with the name and the module of the chosen bench. */
export function createProgram(run: (name: string, path: string, options: Options) => Promise<void>): Command {
	const program = createCommand('npm run bench').addHelpText(
		'after',
		'\nExits with 1 if a target is missed.',
	);
	for (const [folder, name, summary, ...options] of BENCHES) {
		const command = program.command(name, { isDefault: name === 'tools' }).description(summary);
		for (const option of options) command.addOption(option);
		command.action((values: Options) => run(name, `./${folder}/bench-${name}.ts`, values));
	}
	return program;
}
