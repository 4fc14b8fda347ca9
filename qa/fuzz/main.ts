import { type Options, readOptions } from './options.ts';
import { type FuzzFailure, type FuzzResult, runFuzz, type Tally } from './run-fuzz.ts';

/** More refusals for going too fast than this, and the rest of the product was hardly asked. */
const RATE_LIMITED_SHARE_MAX = 0.05;

/** Of a plan that is printed; what is left out is some long text. */
const PLAN_MAX_CHARACTERS = 600;

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

function sumOf(tally: Tally, status: number): number {
	return [...tally.values()].reduce((sum, statuses) => sum + (statuses.get(status) ?? 0), 0);
}

function sayTally({ sent, tally }: FuzzResult): void {
	for (const [route, statuses] of [...tally].sort(([one], [other]) => (one < other ? -1 : 1))) {
		const counts = [...statuses]
			.sort(([one], [other]) => one - other)
			.map(([status, count]) => `${status} × ${count}`);
		say(`  ${route.padEnd(32)} ${counts.join(', ')}`);
	}
	say(`${sent} requests, ${sumOf(tally, 429)} of them rate limited.`);
}

function sayFailure({ seed, path, reason, plans }: FuzzFailure): void {
	say(`\nInvalid response: ${reason}`);
	say(`The shortest row of requests that was found to end so, of ${plans.length}:`);
	for (const plan of plans) say(`  ${JSON.stringify(plan).slice(0, PLAN_MAX_CHARACTERS)}`);
	say(`To reproduce it: npm run fuzz -- --seed ${seed} --path ${path}`);
}

async function main({ seed, requests, path }: Options): Promise<number> {
	say(`Seed ${seed}.`);
	const result = await runFuzz({ seed, requests, path, onProgress: (sent) => say(`${sent} requests sent.`) });
	sayTally(result);
	if (result.failure) {
		sayFailure(result.failure);
		return 1;
	}
	const isThrottled = sumOf(result.tally, 429) > RATE_LIMITED_SHARE_MAX * result.sent;
	say(isThrottled ? 'Too many requests were rate limited for a verdict.' : 'All responses were valid.');
	return isThrottled ? 1 : 0;
}

try {
	process.exitCode = await main(readOptions(process.argv.slice(2)));
} catch (error) {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
}
// Connections that are kept would keep this process.
process.exit();
