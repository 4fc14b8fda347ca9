import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf, pidOf } from '../../driver/processes.ts';
import { environment } from '../environment.ts';
import type { Fault } from './fault.ts';

/** As the supervisor asks them to end; the database would wait for ever for its clients to go. */
const stopSignal = (target: string) => (target === 'postgres' ? 'SIGINT' : 'SIGTERM');

/** Does the harm, and undoes it when it has lasted; resolves then. */
export async function inject(fault: Fault): Promise<void> {
	switch (fault.kind) {
		case 'kill':
			return signal([await pidOf(fault.target)], 'SIGKILL');
		case 'restart':
			return signal([await pidOf(fault.target)], stopSignal(fault.target));
		case 'freeze':
			return await freeze(fault);
		case 'lose':
			return await tellLink(fault.target, { lose: true });
		case 'cut':
		case 'slow':
		case 'silent':
			await tellLink(fault.target, { state: fault.kind, delay_ms: fault.delayMs });
			await sleep(fault.durationMs);
			await tellLink(fault.target, { state: 'whole' });
	}
}

/** The database's server is many processes, of which the first alone does no work. */
async function freeze({ target, durationMs }: Fault): Promise<void> {
	const pid = await pidOf(target);
	const pids = target === 'postgres' ? [pid, ...(await descendantsOf(pid))] : [pid];
	signal(pids, 'SIGSTOP');
	await sleep(durationMs);
	signal(pids, 'SIGCONT');
}

function signal(pids: number[], name: NodeJS.Signals): void {
	for (const pid of pids) {
		try {
			process.kill(pid, name);
		} catch {
			// It ended by itself.
		}
	}
}

async function tellLink(link: string, order: object): Promise<void> {
	const answer = await fetch(`${environment.linksUrl}/${link}`, {
		method: 'POST',
		body: JSON.stringify(order),
	});
	if (!answer.ok) throw new Error(`can't configure the link ${link}: ${await answer.text()}`);
}

/** Every link works again, whatever a run that was broken off had done to it. */
export async function mendLinks(links: readonly string[]): Promise<void> {
	for (const link of links) await tellLink(link, { state: 'whole' });
}
