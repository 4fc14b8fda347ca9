import { readFileSync } from 'node:fs';
import type { Logger } from '@creatorr/service/logger';
import type { Limits } from '../limit-settings.ts';

/** A request needs two files: the client's connection and the one to a service. */
const FILES_PER_CONNECTION = 2;
/** Files that the process needs for other purposes. */
const OTHER_FILES = 200;

/** Returns how many files this process may open (`ulimit -n`; Node raises the soft limit to the hard one), or undefined without /proc. */
export function readOpenFileLimit(): number | undefined {
	try {
		const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
		return limit === undefined ? undefined : Number(limit);
	} catch {
		return undefined;
	}
}

/**
 * Lowers the limit of connections to what the process can open, and warns. Otherwise the gateway would run out of files before it
 * evicts idle connections, and could then reach no service.
 */
export function fitToOpenFiles(limits: Limits, openFiles: number | undefined, logger: Logger): Limits {
	if (openFiles === undefined) return limits;
	const connections = Math.max(1, Math.floor((openFiles - OTHER_FILES) / FILES_PER_CONNECTION));
	if (connections >= limits.connections) return limits;
	logger.warn('gateway.max_connections_lowered', { open_files: openFiles, connections });
	return { ...limits, connections };
}
