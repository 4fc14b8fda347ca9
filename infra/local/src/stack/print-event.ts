import type { SupervisorEvent } from '../supervisor/process.ts';
import { say } from './command.ts';
import { notableLine } from './notable-line.ts';

/** What the person in front of the terminal reads of an event; undefined when it is not worth a line. */
function describeEvent(event: SupervisorEvent): string | undefined {
	switch (event.type) {
		case 'ready':
			return `${event.restart ? 'restarted' : 'ready'}, pid ${event.pid}, after ${(event.afterMs / 1000).toFixed(1)} s`;
		case 'exited':
			return `exited (${event.how}); restarting in ${(event.delayMs / 1000).toFixed(1)} s`;
		case 'killed':
			return `did not stop within ${(event.timeoutMs / 1000).toFixed(1)} s; killed`;
		case 'unresponsive':
			return `is unresponsive (${event.reason}); restarting it`;
		case 'log-lost':
			return `log can’t be written: ${event.reason}`;
		case 'stopped':
			return 'stopped';
		case 'line':
			return notableLine(event.line);
	}
}

const TROUBLE: SupervisorEvent['type'][] = ['exited', 'killed', 'unresponsive', 'log-lost'];

/** Prints only what should not happen. */
export function printTrouble(event: SupervisorEvent): void {
	if (TROUBLE.includes(event.type)) printEvent(event);
}

/** Prints an event as one line: the time, the process, what happened. */
export function printEvent(event: SupervisorEvent): void {
	const text = describeEvent(event);
	if (text === undefined) return;
	say(`${new Date().toTimeString().slice(0, 8)}  ${event.name.padEnd(14)} ${text}`);
}
