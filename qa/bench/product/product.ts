import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../log.ts';
import { type Server, startServer } from '../run/server.ts';

/** A process of the product that the bench starts itself. */
export interface HeldProcess {
	name: string;
	command: string[];
	env: Record<string, string>;
	readyUrl: string;
}

/** The product that runs for this bench. */
export interface Product {
	/** URL of the product's first gateway. */
	apiUrl: string;
	/** Its CREATORR_HOME. */
	home: string;
	held: HeldProcess[];
}

/** Throws a BenchError unless `npm run bench` started this process. */
export function readProduct(): Product {
	const { BENCH_API_URL: apiUrl, CREATORR_HOME: home, BENCH_HELD_FILE: heldFile } = process.env;
	if (!apiUrl || !home || !heldFile)
		throw new BenchError('This bench needs its own product: use npm run bench.');
	return { apiUrl, home, held: JSON.parse(readFileSync(heldFile, 'utf8')) };
}

/** Starts a held process as the product would, with further variables and flags of Node. */
export function startHeld(
	{ home }: Product,
	{ name, command: [node = '', ...args], env, readyUrl }: HeldProcess,
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
