import { parseArgs } from 'node:util';
import { type FuzzFailure, type FuzzResult, runFuzz } from './run-fuzz.ts';

const REQUESTS = 20_000;
const USAGE = `npm run fuzz -- [--seed N] [--requests N] [--path P]

Sends random requests for every route to a product of its own (default: ${REQUESTS}) and checks every response.
The same seed makes the same requests. To reproduce a failure, use the printed --seed and --path.`;
/** With a larger share of 429 answers, most of the product was not reached. */
const MAX_RATE_LIMITED_SHARE = 0.05;
/** Longer plans contain some long text. */
const MAX_PLAN_CHARACTERS = 600;

const say = (line: string) => void process.stdout.write(`${line}\n`);

function toNumber(name: string, text: string): number {
	if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number.\n\n${USAGE}`);
	return Number(text);
}

/** @returns how many requests were rate limited */
function reportTally({ sent, tally }: FuzzResult): number {
	for (const [route, statuses] of [...tally].sort(([one], [other]) => (one < other ? -1 : 1))) {
		const counts = [...statuses].sort(([one], [other]) => one - other);
		say(`  ${route.padEnd(32)} ${counts.map(([status, count]) => `${status} × ${count}`).join(', ')}`);
	}
	const rateLimited = [...tally.values()].reduce((sum, statuses) => sum + (statuses.get(429) ?? 0), 0);
	say(`${sent} requests, ${rateLimited} of them rate limited.`);
	return rateLimited;
}

function reportFailure({ seed, path, reason, plans }: FuzzFailure): void {
	say(`\nInvalid response: ${reason}`);
	say(`The shortest sequence of requests found that ends so, of ${plans.length}:`);
	for (const plan of plans) say(`  ${JSON.stringify(plan).slice(0, MAX_PLAN_CHARACTERS)}`);
	say(`To reproduce it: npm run fuzz -- --seed ${seed} --path ${path}`);
}

async function main(): Promise<number> {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		options: { seed: text, requests: text, path: text, help: { type: 'boolean' } },
	});
	if (values.help) throw new Error(USAGE);
	const random = String(Math.floor(Math.random() * 1_000_000_000));
	const seed = toNumber('seed', values.seed ?? random);
	const requests = toNumber('requests', values.requests ?? String(REQUESTS));
	say(`Seed ${seed}.`);
	const onProgress = (sent: number) => say(`${sent} requests sent.`);
	const result = await runFuzz({ seed, requests, path: values.path, onProgress });
	const rateLimited = reportTally(result);
	if (result.failure) {
		reportFailure(result.failure);
		return 1;
	}
	const isThrottled = rateLimited > MAX_RATE_LIMITED_SHARE * result.sent;
	say(isThrottled ? 'Too many requests were rate limited for a verdict.' : 'All responses were valid.');
	return isThrottled ? 1 : 0;
}

try {
	process.exitCode = await main();
} catch (error) {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
}
// Connections that are kept open would keep this process running.
process.exit();
