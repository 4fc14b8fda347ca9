import { setTimeout as sleep } from 'node:timers/promises';
import type { Home } from './home.ts';
import { askStatus } from './lock.ts';
import { endOwnedProcesses } from './ownership.ts';

/** Longer than any orderly stop takes: apps drain, then the servers behind them end. */
const STOP_TIMEOUT_MS = 45_000;

/**
 * Ends the supervisor of a home in an orderly way, and then whatever else of the home is still alive.
 * @returns whether anything ran
 */
export async function stopRunning(home: Home): Promise<boolean> {
	const status = await askStatus(home.root);
	if (status !== undefined) {
		process.kill(status.pid, 'SIGTERM');
		const deadline = Date.now() + STOP_TIMEOUT_MS;
		while ((await askStatus(home.root)) !== undefined) {
			if (Date.now() > deadline) process.kill(status.pid, 'SIGKILL');
			await sleep(100);
		}
	}
	const survivors = await endOwnedProcesses(home.root);
	return status !== undefined || survivors > 0;
}
