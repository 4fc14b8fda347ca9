import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSnapshot } from './process.ts';

/** Where one running product keeps everything it has; two products with two homes do not meet. */
export type Home = {
	/** Canonical, so that one home has one name however it was reached. */
	root: string;
	run: string;
	logs: string;
	data: string;
};

/** A home that this process holds. */
export type ClaimedHome = Home & {
	/** Sets what reads the processes that the home's status shows. */
	publish: (processes: () => ProcessSnapshot[]) => void;
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

/** The home at `path` as it is, or undefined when there is none. */
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
