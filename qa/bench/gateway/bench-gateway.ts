import { newId } from '@creatorr/contracts/ids';
import { median, sum } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { register } from '../product/account.ts';
import { readProduct } from '../product/environment.ts';
import { processorSeconds } from '../product/processor-time.ts';
import type { Figure, Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { BenchError, say } from '../say.ts';
import { type Field, type Subject, startField, WITH_AUTH_REQUEST } from './subject.ts';
import { runWrk } from './wrk.ts';
import type { Load } from './wrk-output.ts';

const CONNECTIONS = 64;
/** Of each in turn, so that what else the machine does meets all of them. */
const ROUNDS = 5;
const WARM_UP_SECONDS = 2;
const MIN_RATIO = 2;

interface Round extends Load {
	/** Processor time. */
	microsecondsPerRequest: number;
}

interface Measured {
	subject: Subject;
	rounds: Round[];
}

/** The gateway beside nginx with auth_request, both verifying ES256 in front of the same service. */
export async function benchGateway({ seconds, profileDir }: Options): Promise<Section[]> {
	const product = readProduct();
	const nodeFlags = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
	const field = await startField(product, nodeFlags);
	const { token } = await register(product.apiUrl);
	const measured = await measure(field, token, Math.max(1, Math.round(seconds / ROUNDS)));
	await field.stop();
	const section = {
		title: `GET of a job by ${CONNECTIONS} connections, ${ROUNDS} rounds of each in turn`,
		figures: figuresOf(measured),
		files: measured.flatMap(({ subject, rounds }) => rounds.map((one, index) => row(subject, index, one))),
		charts: [chartOf(measured)],
	};
	say(renderSection(section));
	return [section];
}

const requestsOf = ({ rounds }: Measured) => rounds.map((round) => round.requestsPerSecond);

async function measure({ gateway, others }: Field, token: string, seconds: number): Promise<Measured[]> {
	const path = `/v1/jobs/${newId('job')}`;
	const measured = [gateway, ...others].map((subject): Measured => ({ subject, rounds: [] }));
	const secondsOf = ({ pids }: Subject) => sum(pids.map(processorSeconds));
	const ask = async (subject: Subject, duration: number): Promise<Round> => {
		const before = secondsOf(subject);
		const url = subject.url + path;
		const load = await runWrk({ url, token, connections: CONNECTIONS, seconds: duration });
		return { ...load, microsecondsPerRequest: (1e6 * (secondsOf(subject) - before)) / load.requests };
	};
	for (const { subject } of measured) {
		await checkVerifies(subject, path, token);
		await ask(subject, WARM_UP_SECONDS);
	}
	for (let round = 0; round < ROUNDS; round += 1) {
		for (const { subject, rounds } of measured) rounds.push(await ask(subject, seconds));
	}
	return measured;
}

/** What lets through whom it should not, or nobody, is not measured. */
async function checkVerifies({ name, url, verifies }: Subject, path: string, token: string): Promise<void> {
	const statusWith = async (given: string) => {
		const answer = await fetch(url + path, { headers: { authorization: `Bearer ${given}` } });
		await answer.arrayBuffer();
		return answer.status;
	};
	const [head, claims, signature = ''] = token.split('.');
	const forged = [head, claims, [...signature].reverse().join('')].join('.');
	const statuses = [await statusWith(token), await statusWith(forged)];
	if (statuses[0] === 200 && statuses[1] === (verifies ? 401 : 200)) return;
	throw new BenchError(`${name} answers ${statuses[0]} to a valid token and ${statuses[1]} to a forged one`);
}

function figuresOf(measured: readonly Measured[]): Figure[] {
	const medianOf = (name: string) => {
		const one = measured.find(({ subject }) => subject.name === name);
		return median(one ? requestsOf(one) : []);
	};
	const [ours, ...others] = measured;
	const oursMedian = median(ours ? requestsOf(ours) : []);
	return [
		...measured.map((one) => ({
			...{ name: one.subject.name, value: median(requestsOf(one)), unit: 'requests/s' },
		})),
		...measured.map(({ subject, rounds }) => ({
			...{ name: `${subject.name}: p99`, value: median(rounds.map(({ p99Ms }) => p99Ms)), unit: 'ms' },
		})),
		...measured.map(({ subject, rounds }) => ({
			name: `${subject.name}: processor time a request`,
			value: median(rounds.map((round) => round.microsecondsPerRequest)),
			unit: 'µs',
		})),
		...others.map(({ subject }) => ({
			name: `the gateway ÷ ${subject.name}`,
			value: oursMedian / medianOf(subject.name),
			...(subject.name === WITH_AUTH_REQUEST && { bar: { atLeast: MIN_RATIO } }),
		})),
	];
}

function chartOf(measured: readonly Measured[]) {
	return {
		kind: 'bars' as const,
		title: `Requests a second by ${CONNECTIONS} connections (median and range of ${ROUNDS} rounds)`,
		unit: 'req/s',
		bars: measured.map((one) => {
			const all = requestsOf(one);
			const range: [number, number] = [Math.min(...all), Math.max(...all)];
			return { label: one.subject.name, value: median(all), range };
		}),
	};
}

function row({ name }: Subject, index: number, round: Round): Record<string, string | number> {
	return {
		...{ round: index + 1, through: name, 'requests/s': round.requestsPerSecond },
		...{ 'median ms': round.medianMs, 'p99 ms': round.p99Ms },
		'processor µs a request': round.microsecondsPerRequest,
	};
}
