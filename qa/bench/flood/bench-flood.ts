import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { quantile } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { register } from '../product/account.ts';
import type { Figure, Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { say } from '../say.ts';
import type { FloodAnswers, FloodOrder } from './flood-thread.ts';
import { type Probe, probe } from './probe.ts';

const CONNECTIONS = 50;
const PATHS = ['/v1/jobs', '/v1/me'];
/** Idle and flooded times alternate, so that what else the machine does meets both. */
const BLOCKS = 6;
const WARM_UP_MS = 2_000;
const MAX_RATIO = 5;

interface Measured {
	idleMs: Map<string, number[]>;
	floodMs: Map<string, number[]>;
	answers: FloodAnswers;
}

function startFlood(order: FloodOrder): { stop(): Promise<FloodAnswers> } {
	const worker = new Worker(new URL('./flood-thread.ts', import.meta.url), { workerData: order });
	return {
		async stop() {
			worker.postMessage('stop');
			const [answers] = (await once(worker, 'message')) as [FloodAnswers];
			return answers;
		},
	};
}

function addTo(all: Map<string, number[]>, more: Map<string, number[]>): void {
	for (const [path, timesMs] of more) all.set(path, [...(all.get(path) ?? []), ...timesMs]);
}

async function measure(what: Probe, order: FloodOrder, seconds: number): Promise<Measured> {
	const measured: Measured = { idleMs: new Map(), floodMs: new Map(), answers: {} };
	await probe(what, 1);
	for (let block = 0; block < BLOCKS; block += 1) {
		addTo(measured.idleMs, await probe(what, seconds / BLOCKS));
		const flood = startFlood(order);
		await sleep(WARM_UP_MS);
		addTo(measured.floodMs, await probe(what, seconds / BLOCKS));
		for (const [status, count] of Object.entries(await flood.stop()))
			measured.answers[status] = (measured.answers[status] ?? 0) + count;
		await sleep(WARM_UP_MS);
	}
	return measured;
}

function figuresOf(path: string, { idleMs, floodMs }: Measured): Figure[] {
	const [idle, flooded] = [idleMs.get(path) ?? [], floodMs.get(path) ?? []];
	const [idleP99, floodedP99] = [quantile(idle, 0.99), quantile(flooded, 0.99)];
	return [
		{ name: `GET ${path}: median, idle`, value: quantile(idle, 0.5), unit: 'ms' },
		{ name: `GET ${path}: median, under the flood`, value: quantile(flooded, 0.5), unit: 'ms' },
		{ name: `GET ${path}: p99, idle`, value: idleP99, unit: 'ms' },
		{ name: `GET ${path}: p99, under the flood`, value: floodedP99, unit: 'ms' },
		{ name: `GET ${path}: p99, flooded / idle`, value: floodedP99 / idleP99, bar: { atMost: MAX_RATIO } },
	];
}

/** How long somebody who is signed in waits for an answer, while others flood the sign-in and while they do not. */
export async function benchFlood({ apiUrl, seconds }: Options): Promise<Section[]> {
	const { token, email, password } = await register(apiUrl);
	const order = { baseUrl: apiUrl, connections: CONNECTIONS, email, password };
	const measured = await measure({ baseUrl: apiUrl, token, paths: PATHS }, order, seconds);
	const section = {
		title: `A signed-in user during a flood of ${CONNECTIONS} connections that sign in, ${seconds} s each`,
		figures: [
			...PATHS.flatMap((path) => figuresOf(path, measured)),
			...Object.entries(measured.answers).map(([status, value]) => ({
				name: `sign-ins of the flood answered ${status}`,
				value,
			})),
		],
		files: [],
	};
	say(renderSection(section));
	return [section];
}
