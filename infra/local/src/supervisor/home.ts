import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSnapshot } from './process.ts';

/** Directories of one running product. Products with different homes are independent. */
export type Home = {
	/** The real path, so that a home has the same name whatever link leads to it. */
	root: string;
	run: string;
	logs: string;
	data: string;
};

/** A home that this process has locked. */
export type ClaimedHome = Home & {
	/** Returns the processes for the home's status. A supervisor sets it. */
	readProcesses: () => ProcessSnapshot[];
};

/**
 * Creates what is missing of a home, readable by its owner alone.
 * @throws the file system's error (EACCES, ENOSPC, …)
 */
export function openHome(path: string): Home {
	mkdirSync(path, { recursive: true, mode: 0o700 });
	const home = homeAt(realpathSync(path));
	for (const directory of [home.run, home.logs, home.data])
		mkdirSync(directory, { recursive: true, mode: 0o700 });
	return home;
}

/** Returns the home at `path` without changing it, or undefined when there is none. */
export function findHome(path: string): Home | undefined {
	return existsSync(path) ? homeAt(realpathSync(path)) : undefined;
}

function homeAt(root: string): Home {
	return { root, run: join(root, 'run'), logs: join(root, 'logs'), data: join(root, 'data') };
}

export function pidFile(home: Home, name: string): string {
	return join(home.run, `${name}.pid`);
}

export function logFile(home: Home, name: string): string {
	return join(home.logs, `${name}.log`);
}
