import { setPriority } from 'node:os';

/** Of what wants the same core, others get about ten times as much. */
const LOW = 10;

/** Has everything else go before this thread. */
export function lowerOwnPriority(): void {
	// Linux takes it for this thread alone; elsewhere it would be the whole process.
	if (process.platform === 'linux') setPriority(0, LOW);
}
