import { createRandom, type Random } from '../../driver/random.ts';
import { type Fault, type FaultKind, LINKS, PROCESSES } from './fault.ts';

interface PlanOptions {
	seed: number;
	rounds: number;
	faultsPerRound: number;
	/** Only faults in whose "kind target" this regular expression is found. */
	only?: string;
}

const GAP_MS = { least: 1_000, most: 3_000 };
/** Of all faults, those of a link; the others are of a process. */
const SHARE_OF_LINKS = 0.4;
const DURATION_MS: Record<FaultKind, { least: number; most: number }> = {
	kill: { least: 0, most: 0 },
	restart: { least: 0, most: 0 },
	lose: { least: 0, most: 0 },
	freeze: { least: 500, most: 6_000 },
	cut: { least: 300, most: 5_000 },
	slow: { least: 1_000, most: 5_000 },
	silent: { least: 1_000, most: 8_000 },
};
const DELAY_MS = { least: 50, most: 600 };

/** The same faults, in the same order and at the same targets, for the same seed. One target has one fault at a time. */
export function planFaults({ seed, rounds, faultsPerRound, only = '' }: PlanOptions): Fault[] {
	const random = createRandom(seed);
	const pattern = new RegExp(only);
	const faults: Fault[] = [];
	for (let round = 0; round < rounds; round += 1) {
		const busyUntil = new Map<string, number>();
		let atMs = 0;
		for (let count = 0; count < faultsPerRound; count += 1) {
			atMs += random.between(GAP_MS.least, GAP_MS.most);
			const { kind, target } = chooseFault(random, ({ kind: one, target: name }) => {
				return (busyUntil.get(name) ?? 0) <= atMs && pattern.test(`${one} ${name}`);
			});
			const { least, most } = DURATION_MS[kind];
			const durationMs = random.between(least, most);
			busyUntil.set(target, atMs + durationMs + 1);
			const delayMs = kind === 'slow' ? random.between(DELAY_MS.least, DELAY_MS.most) : 0;
			faults.push({ number: faults.length, round, atMs, kind, target, durationMs, delayMs });
		}
	}
	return faults;
}

type Choice = { kind: FaultKind; target: string };

const MOST_TRIES = 100_000;

function chooseFault(random: Random, mayBe: (choice: Choice) => boolean): Choice {
	for (let tries = 0; tries < MOST_TRIES; tries += 1) {
		const isLink = random.next() < SHARE_OF_LINKS;
		const kind = random.pick<FaultKind>(
			isLink ? ['cut', 'slow', 'silent', 'lose'] : ['kill', 'kill', 'freeze', 'restart'],
		);
		const target = random.pick<string>(isLink ? LINKS : PROCESSES);
		if (mayBe({ kind, target })) return { kind, target };
	}
	throw new Error('no such fault, or too few targets for that many faults');
}
