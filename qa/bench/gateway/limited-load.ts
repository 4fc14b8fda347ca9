import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../../driver/http.ts';
import { BenchError } from '../log.ts';
import { registerUser, type User } from '../product/user.ts';

const PATH = '/v1/jobs/job_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const CONNECTIONS = 32;
const agent = new Agent({ keepAlive: true });

/** Creates keys of a user; of a new one unless given. */
export async function createKeys(count: number, user?: User): Promise<string[]> {
	const { client } = user ?? (await registerUser());
	const keys: string[] = [];
	while (keys.length < count)
		keys.push((await client.keys.create({ name: 'Bench', scopes: ['jobs:read'] })).key);
	return keys;
}

async function statusOf(url: string, token: string): Promise<number> {
	return (await send(url, 'GET', PATH, { token, agent })).status;
}

/**
 * Sends at a constant rate to each gateway in turn, however late responses are. Resolves once all have come, with the time from the first
 * request to the last success: a busy machine serves requests late.
 */
export async function overload(
	urls: readonly string[],
	key: string,
	{ perSecond, seconds }: { perSecond: number; seconds: number },
) {
	const responses: Promise<number>[] = [];
	const startedAt = performance.now();
	const passed = () => (performance.now() - startedAt) / 1_000;
	let admittedSeconds = 0;
	const sendOne = async (url: string) => {
		const status = await statusOf(url, key);
		if (status === 200) admittedSeconds = passed();
		return status;
	};
	while (passed() < seconds) {
		while (responses.length < passed() * perSecond) {
			responses.push(sendOne(urls[responses.length % urls.length] ?? ''));
		}
		await sleep(5);
	}
	const statuses = await Promise.all(responses);
	const count = (isCounted: (status: number) => boolean) => statuses.filter(isCounted).length;
	return {
		sent: statuses.length,
		admitted: count((status) => status === 200),
		'neither 200 nor 429': count((status) => status !== 200 && status !== 429),
		seconds: admittedSeconds,
	};
}

async function requireSuccess(url: string, key: string): Promise<void> {
	const status = await statusOf(url, key);
	if (status !== 200) throw new BenchError(`a request was answered ${status}`);
}

/** Sends a request of each key every second, to each gateway in turn. Resolves to their number. */
export async function sendEverySecond(
	urls: readonly string[],
	keys: readonly string[],
	seconds: number,
): Promise<number> {
	let sent = 0;
	for (let second = 0; second < seconds; second += 1) {
		for (const [index, key] of keys.entries()) {
			// A request that shares its statement with others would hide the cost of a sparse key.
			await requireSuccess(urls[(second + index) % urls.length] ?? '', key);
			sent += 1;
		}
		await sleep(1_000);
	}
	return sent;
}

/** Sends requests of all keys as fast as responses come, on kept connections. Resolves to their number. */
export async function sendAll(url: string, keys: readonly string[], requestsPerKey: number): Promise<number> {
	const total = keys.length * requestsPerKey;
	let sent = 0;
	const connection = async () => {
		while (sent < total) {
			sent += 1;
			await requireSuccess(url, keys[sent % keys.length] ?? '');
		}
	};
	await Promise.all(Array.from({ length: CONNECTIONS }, connection));
	return total;
}
