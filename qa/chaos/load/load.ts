import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from '../../driver/client.ts';
import type { Ledger } from '../ledger.ts';
import { Actions } from './actions.ts';
import { GivenUp } from './client.ts';

/** Work that some users repeat, with pauses. */
export interface Work {
	/** Names its successes. */
	kind: string;
	/** How many users do it at the same time; 1 by default. */
	users?: number;
	/** Between two turns of a user, on average. */
	pauseMs: number;
	/** Does the work of a registered user once. `succeed` records that its main part has succeeded. */
	once(actions: Actions, person: Person, turn: number, succeed: () => void): Promise<void>;
}

/** Starts the load; resolves once all of its users are registered. */
export async function startLoad(works: readonly Work[], ledger: Ledger) {
	const [ending, givenUp] = [new AbortController(), new AbortController()];
	const actions = new Actions(ledger, givenUp.signal);
	const lanes = works.flatMap((work) => Array.from({ length: work.users ?? 1 }, () => work));
	const people = await Promise.all(lanes.map(() => actions.register()));
	const running = people.map((person, index) => {
		const work = lanes[index];
		return work && repeat(work, actions, person, ending.signal);
	});
	return {
		/** Ends when all work that was started has ended, or was given up after `forMs`. */
		async end(forMs: number): Promise<void> {
			ending.abort();
			const timer = setTimeout(() => givenUp.abort(), forMs);
			await Promise.all(running);
			clearTimeout(timer);
		},
	};
}

async function repeat(work: Work, actions: Actions, person: Person, ending: AbortSignal): Promise<void> {
	const { kind, pauseMs } = work;
	const { ledger } = actions;
	for (let turn = 0; !ending.aborted; turn += 1) {
		const startedAt = Date.now();
		const succeed = () => void ledger.successes.push({ kind, startedAt, endedAt: Date.now() });
		// The audit finds work that was accepted and not finished; this is work that was never accepted.
		await work.once(actions, person, turn, succeed).catch((error: unknown) => {
			if (error instanceof GivenUp) ledger.violate('unanswered', `${kind}: ${error.message}`);
			else ledger.violate('client', `${kind}: ${error instanceof Error ? error.stack : error}`);
		});
		await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal: ending }).catch(() => undefined);
	}
}
