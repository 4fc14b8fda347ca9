import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../say.ts';

/** One user sends these: slower than the limits per user allow. */
const INTERVAL_MS = 20;

export interface Probe {
	baseUrl: string;
	token: string;
	paths: readonly string[];
}

/** One request; resolves to how long it took. */
function timeOf(agent: Agent, { baseUrl, token }: Probe, path: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const startedAtMs = performance.now();
		const request = get(
			baseUrl + path,
			{ agent, headers: { authorization: `Bearer ${token}` } },
			(answer) => {
				answer.resume();
				answer.on('end', () => {
					if (answer.statusCode === 200) resolve(performance.now() - startedAtMs);
					else reject(new BenchError(`GET ${path} was answered ${answer.statusCode}`));
				});
			},
		);
		request.on('error', reject);
	});
}

/** Asks for the paths in turn at a steady pace, whether or not the last one was answered; the times by path. */
export async function probe(what: Probe, seconds: number): Promise<Map<string, number[]>> {
	const agent = new Agent({ keepAlive: true });
	const timesMs = new Map(what.paths.map((path) => [path, [] as number[]]));
	const asked: Promise<unknown>[] = [];
	const endMs = performance.now() + seconds * 1000;
	for (let count = 0; performance.now() < endMs; count += 1) {
		const path = what.paths[count % what.paths.length] ?? '/';
		asked.push(timeOf(agent, what, path).then((timeMs) => timesMs.get(path)?.push(timeMs)));
		await sleep(INTERVAL_MS);
	}
	await Promise.all(asked);
	agent.destroy();
	return timesMs;
}
