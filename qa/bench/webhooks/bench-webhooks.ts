import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { startHttpServer } from '../../driver/http-server.ts';
import { BenchError } from '../log.ts';
import { median, p99, split } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { cpuSeconds } from '../product/processes.ts';
import { type BenchProcess, benchProcess, startBenchProcess } from '../product/product.ts';
import type { Section } from '../report/section.ts';
import { runRounds } from '../run/rounds.ts';
import { type DeliveryStore, openDeliveryStore } from './delivery-store.ts';

const ENDPOINTS = 100;
const BACKLOG = 100_000;
const SLOW_ENDPOINTS = 20;
const SLOW_MS = 10_000;
const EVENT_EVERY_MS = 20;
/** An odd number: one slow write to the disk delays more than one in a hundred events of a round. */
const ROUNDS = 5;
/** The last tenth of a backlog must be sent as fast as the first, except for other load on the machine. */
const MIN_STEADINESS = 0.7;
const MAX_DELAY_RATIO = 1.5;
/** The query costs the database time, the more the more rows there are. */
const POLL_MS = 1_000;
const DRAIN_LIMIT_MS = 1_200_000;

/** Measures how fast webhooks delivers events, whether a backlog slows it down, and whether slow endpoints delay fast ones. */
export async function* bench({ deliveries, seconds }: Options): AsyncGenerator<Section> {
	const [first, second] = [benchProcess(0), benchProcess(1)];
	const receiver = await startReceiver();
	const store = openDeliveryStore(first.env);
	const drainBy = (replicas: BenchProcess[], count: number) =>
		drain(store, { replicas, count, url: receiver.url });
	yield {
		title: `${deliveries} due deliveries to ${ENDPOINTS} endpoints that respond at once`,
		figures: [],
		files: [await drainBy([first], deliveries), await drainBy([first, second], deliveries)],
	};
	const backlog = await drainBy([first], BACKLOG);
	const steadiness = backlog['last tenth ÷ first'];
	yield {
		title: `A backlog of ${BACKLOG} deliveries, one replica`,
		figures: [
			{ name: 'speed of the last tenth ÷ of the first', value: steadiness, bar: { atLeast: MIN_STEADINESS } },
		],
		files: [backlog],
	};
	const { alone, beside } = await runRounds(ROUNDS, {
		alone: () => delays(store, { process: first, seconds, receiver, slowEndpoints: 0 }),
		beside: () => delays(store, { process: first, seconds, receiver, slowEndpoints: SLOW_ENDPOINTS }),
	});
	const ratios = alone.map((times, round) => p99(beside[round] ?? []) / p99(times));
	yield {
		title: `Delay of an event every ${EVENT_EVERY_MS} ms, alone and beside ${SLOW_ENDPOINTS} endpoints that take ${SLOW_MS / 1000} s, ${ROUNDS} rounds of each in turn`,
		figures: [
			{
				name: 'p99 beside ÷ alone, median of the rounds',
				value: median(ratios),
				bar: { atMost: MAX_DELAY_RATIO },
			},
		],
		files: alone.map((times, round) => ({
			round: round + 1,
			'alone: median ms': median(times),
			'alone: p99 ms': p99(times),
			'beside: median ms': median(beside[round] ?? []),
			'beside: p99 ms': p99(beside[round] ?? []),
		})),
	};
	await store.close();
	receiver.stop();
}

type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** Responds at once, on `/slow` after a while. Remembers when each event arrived. */
async function startReceiver() {
	const arrivals = new Map<string, number>();
	const { url, stop } = await startHttpServer((req, res) => {
		req.resume();
		const accept = () => res.writeHead(204).end();
		if (req.url === '/slow') return void setTimeout(accept, SLOW_MS);
		arrivals.set(String(req.headers['webhook-id']), performance.now());
		accept();
	});
	return { arrivals, url: `${url}/fast`, slowUrl: `${url}/slow`, stop };
}

interface Drain {
	replicas: readonly BenchProcess[];
	count: number;
	url: string;
}

async function drain(store: DeliveryStore, { replicas, count, url }: Drain) {
	await store.addBacklog(count, await store.addEndpoints(ENDPOINTS, url));
	const servers = await Promise.all(replicas.map((process) => startBenchProcess(process)));
	const pids = servers.map(({ pid }) => pid);
	const startedAt = performance.now();
	while (await store.hasPending()) {
		if (performance.now() - startedAt > DRAIN_LIMIT_MS) throw new BenchError('deliveries are left over');
		await sleep(POLL_MS);
	}
	const cpu = await cpuSeconds(...pids);
	await Promise.all(servers.map((server) => server.stop()));
	const times = await store.attemptTimes();
	await store.clear();
	const tenths = split(times, 10).map(rateOf);
	return {
		replicas: replicas.length,
		deliveries: count,
		'deliveries/s': rateOf(times),
		'last tenth ÷ first': (tenths.at(-1) ?? 0) / (tenths[0] ?? 0),
		'CPU ms per delivery, with the start': (1_000 * cpu) / count,
	};
}

/** Returns the attempts per second of sorted start times in seconds. */
function rateOf(times: readonly number[]): number {
	return (times.length - 1) / ((times.at(-1) ?? 0) - (times[0] ?? 0));
}

interface Delays {
	process: BenchProcess;
	seconds: number;
	receiver: Receiver;
	slowEndpoints: number;
}

/** Returns the delays of events from before their commit to their arrival, in ms. */
async function delays(
	store: DeliveryStore,
	{ process, seconds, receiver, slowEndpoints }: Delays,
): Promise<number[]> {
	const fast = await store.addEndpoints(ENDPOINTS, receiver.url);
	if (slowEndpoints > 0)
		await store.addBacklog(50 * slowEndpoints, await store.addEndpoints(slowEndpoints, receiver.slowUrl));
	const server = await startBenchProcess(process);
	await sleep(2_000);
	const sent = new Map<string, number>();
	const commits: Promise<void>[] = [];
	const until = performance.now() + 1_000 * seconds;
	for (let number = 0; performance.now() < until; number += 1) {
		const id = newId('evt');
		sent.set(id, performance.now());
		commits.push(store.addEvent(fast[number % fast.length] ?? '', id));
		await sleep(EVENT_EVERY_MS);
	}
	await Promise.all(commits);
	await sleep(3_000);
	await server.stop();
	await store.clear();
	const found = [...sent].map(([id, at]) => (receiver.arrivals.get(id) ?? Number.NaN) - at);
	if (found.some(Number.isNaN)) throw new BenchError('an event has not arrived');
	return found;
}
