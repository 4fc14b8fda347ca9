import { setTimeout as sleep } from 'node:timers/promises';
import { queryDatabase } from '../../driver/database.ts';
import { startHttpServer } from '../../driver/http-server.ts';
import { median } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { cpuSeconds, readPids } from '../product/processes.ts';
import { benchProcess, startBenchProcess } from '../product/product.ts';
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
	const service = await startService();
	const isChosen = (part: string) => only.length === 0 || only.includes(part);
	for (const count of isChosen('overload') ? [1, 2, 4] : [])
		yield await withGateways(service.url, count, ({ urls }) => measureOverload(urls, seconds));
	if (isChosen('sparse')) yield await withGateways(service.url, 4, measureSparseKeys);
	if (isChosen('cost')) yield await withGateways(service.url, 1, measureCost);
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

interface Gateways {
	urls: string[];
	pids: number[];
}

async function withGateways<T>(
	serviceUrl: string,
	count: number,
	work: (gateways: Gateways) => Promise<T>,
): Promise<T> {
	const processes = Array.from({ length: count }, (_, index) => benchProcess(index));
	const env = { JOBS_URL: serviceUrl, ...HIGH_LIMITS };
	const servers = await Promise.all(processes.map((one) => startBenchProcess(one, { env })));
	try {
		const urls = processes.map((one) => `http://127.0.0.1:${one.env.PUBLIC_PORT}`);
		return await work({ urls, pids: servers.map(({ pid }) => pid) });
	} finally {
		await Promise.all(servers.map((server) => server.stop()));
	}
}

/** Returns how many statements auth executes for allocations during the work, and what the work resolves to. */
async function countStatements<T>(work: () => Promise<T>): Promise<[number, T]> {
	const count = async () => {
		const metrics = await (await fetch(`${benchProcess(0).env.AUTH_URL}/metrics`)).text();
		const counts = metrics.matchAll(
			/^creatorr_http_request_duration_seconds_count\{.*operation="allocateQuota".*\} (\d+)$/gm,
		);
		return [...counts].reduce((sum, [, one]) => sum + Number(one), 0);
	};
	const before = await count();
	const result = await work();
	return [(await count()) - before, result];
}

const atMost = (name: string, value: number, limit: number): Figure => {
	return { name, value, bar: { atMost: limit } };
};

async function measureOverload(urls: readonly string[], seconds: number): Promise<Section> {
	const [key = ''] = await createKeys(1);
	const perSecond = (OVERLOAD * REQUESTS_PER_MINUTE) / 60;
	const [statements, load] = await countStatements(() => overload(urls, key, { perSecond, seconds }));
	const allowed = REQUESTS_PER_MINUTE + (REQUESTS_PER_MINUTE / 60) * load.seconds;
	const ratio = load.admitted / allowed;
	return {
		title: `One key at ${OVERLOAD} times its limit, gateways: ${urls.length}`,
		figures: [
			{ name: 'admitted ÷ allowed', value: ratio, bar: { atLeast: 0.9 } },
			atMost('admitted ÷ allowed, at most', ratio, 1.02),
			atMost('statements ÷ admitted request', statements / load.admitted, MAX_STATEMENTS),
		],
		files: [{ gateways: urls.length, ...load, allowed, statements }],
	};
}

async function measureSparseKeys({ urls }: Gateways): Promise<Section> {
	const keys = await createKeys(KEYS);
	const [statements, requests] = await countStatements(() => sendEverySecond(urls, keys, SPARSE_SECONDS));
	return {
		title: `${KEYS} new keys with a request a second, to 4 gateways in turn`,
		figures: [atMost('statements ÷ request', statements / requests, MAX_STATEMENTS)],
		files: [{ requests, statements }],
	};
}

async function measureCost({ urls: [url = ''], pids }: Gateways): Promise<Section> {
	const others = readPids();
	const all = [...pids, others.get('auth') ?? 0, others.get('postgres') ?? 0];
	const keys: Record<'limited' | 'unlimited', string[]> = { limited: [], unlimited: [] };
	for (let user = 0; user < COST_USERS; user += 1) {
		const unlimited = await registerUser();
		await queryDatabase('auth', `UPDATE users SET plan = 'pro' WHERE email = $1`, [unlimited.email]);
		keys.limited.push(...(await createKeys(KEYS)));
		keys.unlimited.push(...(await createKeys(KEYS, unlimited)));
	}
	const microseconds = async (kind: keyof typeof keys) => {
		await sleep(500);
		const before = await cpuSeconds(...all);
		const requests = await sendAll(url, keys[kind], REQUESTS_PER_KEY);
		return (1e6 * ((await cpuSeconds(...all)) - before)) / requests;
	};
	await microseconds('limited');
	await microseconds('unlimited');
	// Each comes first and last as often, because the processes still warm up.
	const halves = await runRounds(ROUNDS, {
		first: () => microseconds('limited'),
		second: () => microseconds('unlimited'),
		third: () => microseconds('unlimited'),
		fourth: () => microseconds('limited'),
	});
	const meanOf = (one: readonly number[], other: readonly number[]) =>
		one.map((value, round) => (value + (other[round] ?? 0)) / 2);
	const limited = meanOf(halves.first, halves.fourth);
	const unlimited = meanOf(halves.second, halves.third);
	const ratio = median(limited.map((value, round) => value / (unlimited[round] ?? 0)));
	return {
		title: `CPU time a request of the gateway, auth and PostgreSQL, ${keys.limited.length} keys, ${ROUNDS} rounds of each in turn`,
		figures: [
			{ name: 'with a limit', value: median(limited), unit: 'µs' },
			{ name: 'without a limit', value: median(unlimited), unit: 'µs' },
			atMost('with ÷ without', ratio, MAX_COST),
		],
		files: limited.map((value, round) => {
			return { round: round + 1, 'with a limit µs': value, 'without µs': unlimited[round] ?? 0 };
		}),
	};
}
