import { setTimeout as sleep } from 'node:timers/promises';
import { queryDatabase } from '../../driver/database.ts';
import { startHttpServer } from '../../driver/http-server.ts';
import { BenchError } from '../log.ts';
import { median } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { cpuSeconds, readPids } from '../product/processes.ts';
import { type Product, readProduct, startBenchProcess } from '../product/product.ts';
import { registerUser } from '../product/user.ts';
import type { Figure, Section } from '../report/section.ts';
import { runRounds } from '../run/rounds.ts';
import { ANSWER, HIGH_LIMITS } from './contestants.ts';
import { createKeys, overload, sendAll, sendEverySecond } from './limited-load.ts';

/** Of Free in this product. Pro has no limit. */
const REQUESTS_PER_MINUTE = 600;
const OVERLOAD = 10;
const KEYS = 50;
/** CPU time is counted in ticks of 10 ms, which a round of one user's keys is too short for. */
const COST_USERS = 4;
const REQUESTS_PER_KEY = 50;
const WARM_UP_REQUESTS_PER_KEY = 50;
const ROUNDS = 5;
const SPARSE_SECONDS = 60;
const MAX_STATEMENTS = 0.1;
const MAX_COST = 1.05;

/**
 * Measures rate limits of plans: how exactly 1, 2 and 4 gateways keep one quota under overload, how many database statements they need,
 * for busy keys and for those with one request a second, and how much CPU time a request costs beside one without a limit. `--only` takes
 * overload, sparse or cost.
 */
export async function* bench({ seconds, only }: Options): AsyncGenerator<Section> {
	const product = readProduct();
	const service = await startService();
	const isChosen = (part: string) => only.length === 0 || only.includes(part);
	for (const count of isChosen('overload') ? [1, 2, 4] : [])
		yield await measureOverload(product, service.url, count, seconds);
	if (isChosen('sparse')) yield await measureSparseKeys(product, service.url);
	if (isChosen('cost')) yield await measureCost(product, service.url);
	service.stop();
}

/** Answers every request as if about a job. */
function startService() {
	const headers = { 'Content-Type': 'application/json', 'Content-Length': ANSWER.length };
	return startHttpServer((request, response) => {
		request.resume();
		response.writeHead(200, headers).end(ANSWER);
	});
}

async function withGateways<T>(
	product: Product,
	serviceUrl: string,
	count: number,
	work: (gateways: { urls: string[]; pids: number[] }) => Promise<T>,
): Promise<T> {
	const benchProcesses = product.benchProcesses.slice(0, count);
	if (benchProcesses.length < count) throw new BenchError(`there are no ${count} gateways to start`);
	const env = { JOBS_URL: serviceUrl, ...HIGH_LIMITS };
	const servers = await Promise.all(benchProcesses.map((one) => startBenchProcess(product, one, { env })));
	try {
		const urls = benchProcesses.map((one) => `http://127.0.0.1:${one.env.PUBLIC_PORT}`);
		return await work({ urls, pids: servers.map(({ pid }) => pid) });
	} finally {
		await Promise.all(servers.map((server) => server.stop()));
	}
}

/** Returns how many statements auth has executed for allocations. */
async function countStatements({ benchProcesses }: Product): Promise<number> {
	const metrics = await (await fetch(`${benchProcesses[0]?.env.AUTH_URL}/metrics`)).text();
	const counts = metrics.matchAll(
		/^creatorr_http_request_duration_seconds_count\{.*operation="allocateQuota".*\} (\d+)$/gm,
	);
	return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

const atMost = (name: string, value: number, limit: number): Figure => ({
	name,
	value,
	bar: { atMost: limit },
});

function measureOverload(
	product: Product,
	serviceUrl: string,
	count: number,
	seconds: number,
): Promise<Section> {
	return withGateways(product, serviceUrl, count, async ({ urls }) => {
		const { client } = await registerUser(product.apiUrl);
		const [key = ''] = await createKeys(client, 1);
		const before = await countStatements(product);
		const perSecond = (OVERLOAD * REQUESTS_PER_MINUTE) / 60;
		const load = await overload(urls, key, { perSecond, seconds });
		const statements = (await countStatements(product)) - before;
		const allowed = REQUESTS_PER_MINUTE + (REQUESTS_PER_MINUTE / 60) * load.seconds;
		const ratio = load.admitted / allowed;
		return {
			title: `One key at ${OVERLOAD} times its limit, gateways: ${count}`,
			figures: [
				{ name: 'admitted ÷ allowed', value: ratio, bar: { atLeast: 0.9 } },
				atMost('admitted ÷ allowed, at most', ratio, 1.02),
				atMost('statements ÷ admitted request', statements / load.admitted, MAX_STATEMENTS),
			],
			files: [{ gateways: count, ...load, allowed, statements }],
		};
	});
}

function measureSparseKeys(product: Product, serviceUrl: string): Promise<Section> {
	return withGateways(product, serviceUrl, 4, async ({ urls }) => {
		const { client } = await registerUser(product.apiUrl);
		const keys = await createKeys(client, KEYS);
		const before = await countStatements(product);
		const sent = await sendEverySecond(urls, keys, SPARSE_SECONDS);
		const statements = (await countStatements(product)) - before;
		return {
			title: `${KEYS} new keys with a request a second, to 4 gateways in turn`,
			figures: [atMost('statements ÷ request', statements / sent, MAX_STATEMENTS)],
			files: [{ requests: sent, statements }],
		};
	});
}

function measureCost(product: Product, serviceUrl: string): Promise<Section> {
	return withGateways(product, serviceUrl, 1, async ({ urls: [url = ''], pids }) => {
		const others = readPids(product.home);
		const all = [...pids, others.get('auth') ?? 0, others.get('postgres') ?? 0];
		const microseconds = async (keys: readonly string[]) => {
			await sleep(500);
			const before = await cpuSeconds(...all);
			const requests = await sendAll(url, keys, REQUESTS_PER_KEY);
			return (1e6 * ((await cpuSeconds(...all)) - before)) / requests;
		};
		const keys: Record<'limited' | 'unlimited', string[]> = { limited: [], unlimited: [] };
		for (let user = 0; user < COST_USERS; user += 1) {
			const limited = await registerUser(product.apiUrl);
			const unlimited = await registerUser(product.apiUrl);
			await queryDatabase('auth', `UPDATE users SET plan = 'pro' WHERE email = $1`, [unlimited.email]);
			keys.limited.push(...(await createKeys(limited.client, KEYS)));
			keys.unlimited.push(...(await createKeys(unlimited.client, KEYS)));
		}
		await sendAll(url, keys.limited, WARM_UP_REQUESTS_PER_KEY);
		await sendAll(url, keys.unlimited, WARM_UP_REQUESTS_PER_KEY);
		// Each comes first and last as often, because the processes still warm up.
		const halves = await runRounds(ROUNDS, {
			first: () => microseconds(keys.limited),
			second: () => microseconds(keys.unlimited),
			third: () => microseconds(keys.unlimited),
			fourth: () => microseconds(keys.limited),
		});
		const meanOf = (one: readonly number[], other: readonly number[]) =>
			one.map((value, round) => (value + (other[round] ?? 0)) / 2);
		const rounds = {
			limited: meanOf(halves.first, halves.fourth),
			unlimited: meanOf(halves.second, halves.third),
		};
		const ratio = median(rounds.limited.map((value, round) => value / (rounds.unlimited[round] ?? 0)));
		return {
			title: `CPU time a request of the gateway, auth and PostgreSQL, ${keys.limited.length} keys, ${ROUNDS} rounds of each in turn`,
			figures: [
				{ name: 'with a limit', value: median(rounds.limited), unit: 'µs' },
				{ name: 'without a limit', value: median(rounds.unlimited), unit: 'µs' },
				atMost('with ÷ without', ratio, MAX_COST),
			],
			files: rounds.limited.map((value, round) => ({
				round: round + 1,
				'with a limit µs': value,
				'without µs': rounds.unlimited[round] ?? 0,
			})),
		};
	});
}
