import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireVariable } from '../../driver/environment.ts';
import { home } from '../../driver/processes.ts';
import { BenchError } from '../log.ts';
import { type Server, startServer } from '../run/server.ts';

/** A process of the product that the bench starts itself. */
export interface BenchProcess {
	name: string;
	command: string[];
	env: Record<string, string>;
	readyUrl: string;
}

/** Returns one of the processes that the bench starts itself, counted from 0. */
export function benchProcess(index: number): BenchProcess {
	const all: BenchProcess[] = JSON.parse(readFileSync(requireVariable('BENCH_PROCESSES_FILE'), 'utf8'));
	const found = all[index];
	if (!found) throw new BenchError(`the product has no process ${index} for the bench to start`);
	return found;
}

/** Starts a process of the bench as the product would, with further variables and flags of Node. */
export function startBenchProcess(
	{ name, command: [node = '', ...args], env, readyUrl }: BenchProcess,
	more: { env?: Record<string, string>; nodeFlags?: readonly string[] } = {},
): Promise<Server> {
	return startServer({
		name,
		command: [node, ...(more.nodeFlags ?? []), ...args],
		env: { ...env, ...more.env },
		logPath: join(home(), 'logs', `${name}.log`),
		url: readyUrl,
	});
}
