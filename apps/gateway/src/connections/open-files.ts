import { readFileSync } from 'node:fs';
import type { Logger } from '@creatorr/service/logger';
import type { Limits } from '../limits/limits.ts';

/** A request takes two files: the connection of the client and the one to a service. */
const FILES_PER_CONNECTION = 2;
/** For everything else that the process opens. */
const OTHER_FILES = 200;

/** How many files this process may open (`ulimit -n`; node raises the soft limit to the hard one). Undefined where /proc doesn't say. */
export function readOpenFileLimit(): number | undefined {
	try {
		const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
		return limit === undefined ? undefined : Number(limit);
	} catch {
		return undefined;
	}
}

/**
 * Lowers the limit of connections to what the process can open, and warns. Without it the gateway would run out of files before
 * it closes idle connections, and could reach no service then.
 */
export function fitToOpenFiles(limits: Limits, openFiles: number | undefined, logger: Logger): Limits {
	if (openFiles === undefined) return limits;
	const connections = Math.max(1, Math.floor((openFiles - OTHER_FILES) / FILES_PER_CONNECTION));
	if (connections >= limits.connections) return limits;
	logger.warn('gateway.connections_lowered', { open_files: openFiles, connections });
	return { ...limits, connections };
}
