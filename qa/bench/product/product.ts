import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../log.ts';
import { type Server, startServer } from '../run/server.ts';

/** A process of the product that the bench starts itself. */
export interface BenchProcess {
	name: string;
	command: string[];
	env: Record<string, string>;
	readyUrl: string;
}

export interface Product {
	/** URL of the product's first gateway. */
	apiUrl: string;
	/** Its CREATORR_HOME. */
	home: string;
	benchProcesses: BenchProcess[];
}

/** Throws a BenchError unless `npm run bench` started this process. */
export function readProduct(): Product {
	const { BENCH_API_URL: apiUrl, CREATORR_HOME: home, BENCH_PROCESSES_FILE: processesFile } = process.env;
	if (!apiUrl || !home || !processesFile)
		throw new BenchError('This bench needs its own product: use npm run bench.');
	return { apiUrl, home, benchProcesses: JSON.parse(readFileSync(processesFile, 'utf8')) };
}

/** Starts a process of the bench as the product would, with further variables and flags of Node. */
export function startBenchProcess(
	{ home }: Product,
	{ name, command: [node = '', ...args], env, readyUrl }: BenchProcess,
	more: { env?: Record<string, string>; nodeFlags?: readonly string[] } = {},
): Promise<Server> {
	return startServer({
		name,
		command: [node, ...(more.nodeFlags ?? []), ...args],
		env: { ...env, ...more.env },
		logPath: join(home, 'logs', `${name}.log`),
		url: readyUrl,
	});
}
