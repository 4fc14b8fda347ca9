import { createRandom, type Random } from '../../driver/random.ts';
import { FAULTS, type Fault, type FaultKind, LINKS, PROCESSES } from './faults.ts';

export interface PlanOptions {
	seed: number;
	rounds: number;
	faultsPerRound: number;
	/** Only faults whose "kind target" matches this regular expression. */
	only?: RegExp;
}

const GAP_MS = [1_000, 3_000] as const;
const SLOW_BY_MS = [50, 600] as const;
const LINK_SHARE = 0.4;
const OF_LINKS: readonly FaultKind[] = ['cut', 'slow', 'silent', 'lose'];
const OF_PROCESSES: readonly FaultKind[] = ['kill', 'kill', 'freeze', 'restart'];
const MAX_TRIES = 100_000;

/** Returns the same faults in the same order for the same seed. A target has one fault at a time. */
export function planFaults({ seed, rounds, faultsPerRound, only = /(?:)/ }: PlanOptions): Fault[] {
	const random = createRandom(seed);
	const faults: Fault[] = [];
	for (let round = 0; round < rounds; round += 1) {
		const busyUntil = new Map<string, number>();
		let atMs = 0;
		for (let count = 0; count < faultsPerRound; count += 1) {
			atMs += random.between(...GAP_MS);
			const { kind, target } = chooseFault(random, (one) => {
				return (busyUntil.get(one.target) ?? 0) <= atMs && only.test(`${one.kind} ${one.target}`);
			});
			const durationMs = random.between(...FAULTS[kind].lastsMs);
			busyUntil.set(target, atMs + durationMs + 1);
			const delayMs = kind === 'slow' ? random.between(...SLOW_BY_MS) : 0;
			faults.push({ number: faults.length, round, atMs, kind, target, durationMs, delayMs });
		}
	}
	return faults;
}

type Choice = Pick<Fault, 'kind' | 'target'>;

function chooseFault(random: Random, isPossible: (choice: Choice) => boolean): Choice {
	for (let tries = 0; tries < MAX_TRIES; tries += 1) {
		const isLink = random.next() < LINK_SHARE;
		const kind = random.pick(isLink ? OF_LINKS : OF_PROCESSES);
		const target = random.pick(isLink ? LINKS : PROCESSES);
		if (isPossible({ kind, target })) return { kind, target };
	}
	throw new Error('no such fault, or too few targets for that many faults');
}
