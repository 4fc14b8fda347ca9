import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { BASE_URL } from '../../driver/client.ts';
import { startAttack } from '../../driver/start-attack.ts';
import { BenchError, log } from '../log.ts';
import { median, p99 } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { readMemory, recordMemory } from '../product/processes.ts';
import { registerUser } from '../product/user.ts';
import type { Figure, Section } from '../report/section.ts';
import { runRounds } from '../run/rounds.ts';
import { largeFile } from '../samples/generated.ts';
import { smallestSample } from '../samples/samples.ts';
import { type Exchange, isRead, runUserFlow } from './user-flow.ts';

const ROUNDS = 3;
const WARM_UP_SECONDS = 5;
/** Before the first attack, because the memory of new processes grows with any use. */
const FIRST_WARM_UP_SECONDS = 60;
/** Accounts that share the reads: together they read twice as often as the plan Free allows one. With 5, each of them reads all paths. */
const READERS = 5;
const COOL_DOWN_MS = 3_000;
const RECOVERY_MS = 60_000;
const MEMORY_EVERY_MS = 500;
/** How much more memory than before a process may use a minute after an attack: the larger of both. */
const KEPT_SHARE = 0.1;
const KEPT_MIB = 30;

interface Attack {
	title: string;
	tool?: string;
	/** Target for the p99 of reads, attacked ÷ alone. */
	maxReadRatio?: number;
	/** Target for the median of jobs, attacked ÷ alone. */
	maxJobRatio?: number;
}

const ATTACKS: Readonly<Record<string, Attack>> = {
	'json-nodes': { title: '16 connections send JSON of many nodes to POST /v1/auth/login' },
	'idle-connections': { title: 'ten addresses hold 1,000 idle connections each', maxReadRatio: 6 },
	'unknown-params': { title: 'one account sends thousands of unknown params, 22 clients read no answer' },
	'part-urls': { title: 'one account requests the URLs of a 10 GiB upload, 40 requests at a time' },
	'pipelined-requests': { title: 'eight connections write 1,500 requests at once and read no answer' },
	'abandoned-requests': { title: 'one account creates jobs on 100 connections and hangs up at once' },
	'public-reads': { title: '64 connections read the list of tools without an account' },
	'sign-ins': { title: '50 connections sign in with the right password', maxReadRatio: 5 },
	'heavy-accounts': {
		title: 'eight new accounts run three OCR jobs of 200 pages each',
		tool: 'ocr',
		maxJobRatio: 3,
	},
};

/**
 * Measures a user during each attack beside the same user alone: refusals, times, and the memory that processes keep.
 * `--only NAME` selects an attack.
 */
export async function* bench({ seconds, only }: Options): AsyncGenerator<Section> {
	const chosen = Object.entries(ATTACKS).filter(([name]) => only.length === 0 || only.includes(name));
	if (chosen.length === 0) throw new BenchError(`The attacks are ${Object.keys(ATTACKS).join(', ')}.`);
	let warmUpSeconds = FIRST_WARM_UP_SECONDS;
	for (const [name, attack] of chosen) {
		yield sectionOf(attack, await measure(name, { ...attack, seconds, warmUpSeconds }));
		warmUpSeconds = WARM_UP_SECONDS;
	}
}

type Measured = Awaited<ReturnType<typeof measure>>;

async function measure(
	attack: string,
	{ tool = 'compress_heavy', seconds, warmUpSeconds }: Attack & { seconds: number; warmUpSeconds: number },
) {
	const user = await registerUser();
	const others = await Promise.all(Array.from({ length: READERS - 1 }, registerUser));
	const sample = smallestSample(tool);
	const flow = (duration: number) => runUserFlow(user, [user, ...others], { sample, seconds: duration });
	const answers: Record<string, number> = {};
	const highest = new Map<string, number>();
	const flowUnderAttack = async (duration: number) => {
		const attacker = await startAttack(attack, BASE_URL, {
			env: { ATTACK_DOCUMENT: largeFile('scan_200_pages') },
			niceness: constants.priority.PRIORITY_LOW,
		});
		const exchanges = flow(duration);
		await recordMemory(highest, MEMORY_EVERY_MS, exchanges);
		for (const [status, count] of Object.entries(await attacker.stop())) {
			answers[status] = (answers[status] ?? 0) + count;
		}
		await sleep(COOL_DOWN_MS);
		return exchanges;
	};
	await flow(warmUpSeconds);
	const before = readMemory();
	// During the first attack, new processes compile the code that it runs: its first second has reads of up to 0.6 s.
	const warmUp = await flowUnderAttack(WARM_UP_SECONDS);
	const { alone, attacked } = await runRounds(ROUNDS, {
		alone: () => flow(seconds / ROUNDS),
		attacked: () => flowUnderAttack(seconds / ROUNDS),
	});
	await sleep(RECOVERY_MS);
	const memory = { before, highest, after: readMemory() };
	return { warmUp, alone: alone.flat(), attacked: attacked.flat(), answers, memory };
}

const isRefused = ({ failure }: Exchange) => failure !== undefined;

function sectionOf({ title, maxReadRatio = 4, maxJobRatio }: Attack, measured: Measured): Section {
	const { warmUp, alone, attacked, answers, memory } = measured;
	// Of the exchanges during the first seconds of the attack, only refusals count.
	const refusedUnderAttack = [...warmUp, ...attacked].filter(isRefused);
	const failures = [...alone.filter(isRefused), ...refusedUnderAttack];
	const lines = new Set(failures.map(({ operation, failure }) => `${operation}: ${failure}`));
	for (const line of [...lines].slice(0, 10)) log(`refused: ${line}`);
	const grown = [...memory.before].filter(([name, mib]) => {
		return (memory.after.get(name) ?? mib) > mib + Math.max(mib * KEPT_SHARE, KEPT_MIB);
	});
	return {
		title: `A user while ${title}, beside the same user alone`,
		figures: [
			{ name: 'reads', value: attacked.filter(isRead).length },
			{ name: 'refused or reset, alone', value: alone.filter(isRefused).length, bar: { atMost: 0 } },
			{ name: 'refused or reset, attacked', value: refusedUnderAttack.length, bar: { atMost: 0 } },
			...timeFigures(measured, { 'reads: p99': maxReadRatio, 'jobs: median': maxJobRatio }),
			...Object.entries(answers).map(([status, value]) => {
				return { name: `attacker was answered ${status}`, value };
			}),
			{ name: 'processes with more memory a minute after', value: grown.length, bar: { atMost: 0 } },
		],
		files: [...memory.before].map(([process, before]) => ({
			process,
			'before MiB': before,
			'during MiB': memory.highest.get(process) ?? Number.NaN,
			'a minute after MiB': memory.after.get(process) ?? Number.NaN,
		})),
	};
}

/** @param limits targets for attacked ÷ alone, by name of the figure */
function timeFigures({ alone, attacked }: Measured, limits: Record<string, number | undefined>): Figure[] {
	const is = (operation: string) => (exchange: Exchange) => exchange.operation === operation;
	const groups = Object.entries({ reads: isRead, uploads: is('upload'), jobs: is('job') });
	return groups.flatMap(([group, isMember]) => {
		const timesMs = (exchanges: readonly Exchange[]) =>
			exchanges.filter((one) => isMember(one) && !isRefused(one)).map(({ durationMs }) => durationMs);
		return Object.entries({ median, p99 }).flatMap(([statistic, reduce]) => {
			const name = `${group}: ${statistic}`;
			const limit = limits[name];
			const aloneMs = reduce(timesMs(alone));
			const ratio = reduce(timesMs(attacked)) / aloneMs;
			const bar = limit === undefined ? undefined : { atMost: limit };
			return [
				{ name: `${name}, alone`, value: aloneMs, unit: 'ms' },
				{ name: `${name}, attacked / alone`, value: ratio, bar },
			];
		});
	});
}
