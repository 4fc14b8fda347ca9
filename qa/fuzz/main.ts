import { createCommand, toSeed, toWholeNumber } from '../driver/options.ts';
import { type FuzzFailure, type FuzzResult, runFuzz } from './run-fuzz.ts';

/** With a larger share of 429 answers, most of the product was not reached. */
const MAX_RATE_LIMITED_SHARE = 0.05;
/** Longer plans contain some long text. */
const MAX_PLAN_CHARACTERS = 600;

const say = (line: string) => void process.stdout.write(`${line}\n`);

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

const { seed, requests, path } = createCommand('npm run fuzz --')
	.description('Sends random requests for every route to a product of its own and checks every response.')
	.option('--seed <n>', 'the same seed makes the same requests', toSeed, Math.floor(Math.random() * 1e9))
	.option('--requests <n>', 'how many', toWholeNumber, 20_000)
	.option('--path <path>', 'reproduce a failure, with the printed seed and path')
	.parse()
	.opts();
say(`Seed ${seed}.`);
const result = await runFuzz({ seed, requests, path, onProgress: (sent) => say(`${sent} requests sent.`) });
const rateLimited = reportTally(result);
if (result.failure) reportFailure(result.failure);
const isThrottled = rateLimited > MAX_RATE_LIMITED_SHARE * result.sent;
if (!result.failure)
	say(isThrottled ? 'Too many requests were rate limited for a verdict.' : 'All responses were valid.');
// Connections that are kept open would keep this process running.
process.exit(result.failure || isThrottled ? 1 : 0);
