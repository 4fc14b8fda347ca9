import { BenchError } from '../log.ts';
import { median } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { cpuSeconds } from '../product/processes.ts';
import { registerUser } from '../product/user.ts';
import type { Figure, Section } from '../report/section.ts';
import { runRounds } from '../run/rounds.ts';
import { type Contestant, startContestants, WITH_AUTH_REQUEST } from './contestants.ts';
import { runWrk } from './wrk.ts';

const CONNECTIONS = 64;
const ROUNDS = 5;
const WARM_UP_SECONDS = 2;
const MIN_RATIO = 2;

/** Measures the gateway beside nginx with auth_request, both verifying ES256 in front of the same service. */
export async function* bench({ seconds, profile }: Options): AsyncGenerator<Section> {
	const nodeFlags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
	const { contestants, stop } = await startContestants(nodeFlags);
	const { token } = await registerUser();
	for (const contestant of contestants) {
		await requireVerification(contestant, token);
		await measure(contestant, token, WARM_UP_SECONDS);
	}
	const roundSeconds = Math.max(1, Math.round(seconds / ROUNDS));
	const rounds = await runRounds(
		ROUNDS,
		Object.fromEntries(contestants.map((one) => [one.name, () => measure(one, token, roundSeconds)])),
	);
	await stop();
	yield {
		title: `GET of a job by ${CONNECTIONS} connections, ${ROUNDS} rounds of each in turn`,
		figures: figuresOf(rounds),
		files: Object.entries(rounds).flatMap(([through, measured]) =>
			measured.map((round, index) => ({ round: index + 1, through, ...round })),
		),
	};
}

type Round = Awaited<ReturnType<typeof measure>>;

async function measure({ url, pids }: Contestant, token: string, seconds: number) {
	const before = await cpuSeconds(...pids);
	const load = await runWrk(url, { token, connections: CONNECTIONS, seconds });
	const cpu = (await cpuSeconds(...pids)) - before;
	return {
		'requests/s': load.requests / load.seconds,
		'median ms': load.medianMs,
		'p99 ms': load.p99Ms,
		'CPU µs a request': (1e6 * cpu) / load.requests,
	};
}

/** Throws a BenchError unless a valid token is accepted and a forged one rejected. */
async function requireVerification({ name, url, verifies }: Contestant, token: string): Promise<void> {
	const statusWith = async (given: string) => {
		const answer = await fetch(url, { headers: { authorization: `Bearer ${given}` } });
		await answer.arrayBuffer();
		return answer.status;
	};
	const [head, claims, signature = ''] = token.split('.');
	const forged = [head, claims, [...signature].reverse().join('')].join('.');
	const statuses = [await statusWith(token), await statusWith(forged)];
	if (statuses[0] === 200 && statuses[1] === (verifies ? 401 : 200)) return;
	throw new BenchError(`${name} answers ${statuses[0]} to a valid token and ${statuses[1]} to a forged one`);
}

function figuresOf(rounds: Record<string, Round[]>): Figure[] {
	const medians = (column: keyof Round, suffix = '') =>
		Object.entries(rounds).map(([name, measured]) => {
			return { name: name + suffix, value: median(measured.map((one) => one[column])) };
		});
	const rates = medians('requests/s');
	const [gateway, ...others] = rates;
	return [
		...rates.map((figure) => ({ ...figure, unit: 'requests/s' })),
		...medians('p99 ms', ': p99').map((figure) => ({ ...figure, unit: 'ms' })),
		...medians('CPU µs a request', ': CPU time a request').map((figure) => ({ ...figure, unit: 'µs' })),
		...others.map(({ name, value }) => ({
			name: `the gateway ÷ ${name}`,
			value: (gateway?.value ?? Number.NaN) / value,
			bar: name === WITH_AUTH_REQUEST ? { atLeast: MIN_RATIO } : undefined,
		})),
	];
}
