import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, quantile } from '../measure/statistics.ts';
import { readMemory } from '../memory/process-memory.ts';
import type { Options } from '../options.ts';
import { register } from '../product/account.ts';
import { readProduct } from '../product/environment.ts';
import { type Exchange, isRead, isRefused, runUserFlow } from '../product/user-flow.ts';
import type { Figure, Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { scratchRoot } from '../run/scratch.ts';
import { makeFiles } from '../samples/made.ts';
import { smallestSample } from '../samples/smallest.ts';
import { BenchError, say } from '../say.ts';

const ATTACKER = join(resolve(import.meta.dirname, '../../..'), 'qa', 'driver', 'attack.ts');

/** Alone and attacked times alternate, so that what else the machine does meets both. */
const BLOCKS = 3;
const WARM_UP_SECONDS = 5;
/** Before the first attack: the memory of processes that have just started grows with any use. */
const FIRST_WARM_UP_SECONDS = 60;
const COOL_DOWN_MS = 3_000;
const AFTER_MS = 60_000;
const SCAN_PAGES = 200;
const MEMORY_EVERY_MS = 500;
const MEMORY_SHARE = 1.1;
const MEMORY_MIB = 30;

interface Attack {
	name: string;
	title: string;
	/** What the victim's jobs run. */
	tool: string;
	/** Of the p99 of reads, attacked ÷ alone. */
	maxReadRatio: number;
	/** Of the median of jobs, attacked ÷ alone. */
	maxJobRatio?: number;
}

const ATTACKS: readonly Attack[] = [
	{
		...{ name: 'json-nodes', title: '16 connections send JSON of many nodes to POST /v1/auth/login' },
		...{ tool: 'compress_heavy', maxReadRatio: 4 },
	},
	{
		...{ name: 'idle-connections', title: 'ten addresses hold 1,000 idle connections each' },
		...{ tool: 'compress_heavy', maxReadRatio: 6 },
	},
	{
		...{
			name: 'unknown-params',
			title: 'one account sends thousands of unknown params, 22 clients read no answer',
		},
		...{ tool: 'compress_heavy', maxReadRatio: 4 },
	},
	{
		...{
			name: 'part-urls',
			title: 'one account asks for the URLs of a 10 GiB upload, 40 requests at a time',
		},
		...{ tool: 'compress_heavy', maxReadRatio: 4 },
	},
	{
		...{
			name: 'pipelined-requests',
			title: 'eight connections write 1,500 requests at once and read no answer',
		},
		...{ tool: 'compress_heavy', maxReadRatio: 4 },
	},
	{
		...{ name: 'public-reads', title: '64 connections read the list of tools without an account' },
		...{ tool: 'compress_heavy', maxReadRatio: 4 },
	},
	{
		...{ name: 'sign-ins', title: '50 connections sign in with the right password' },
		...{ tool: 'compress_heavy', maxReadRatio: 5 },
	},
	{
		...{ name: 'heavy-accounts', title: 'eight new accounts run three OCR jobs of 200 pages each' },
		...{ tool: 'ocr', maxReadRatio: 4, maxJobRatio: 3 },
	},
];

interface Measured {
	alone: Exchange[];
	attacked: Exchange[];
	answers: Record<string, number>;
	/** MiB by process. */
	memory: { before: Map<string, number>; during: Map<string, number>; after: Map<string, number> };
}

interface Files {
	/** Of the bench's own files. */
	folder: string;
	/** A PDF of many scanned pages. */
	scan: string;
}

/** A scan of so many pages of text, without any text to copy. */
const MAKE_SCAN = `
import sys
from PIL import Image, ImageDraw, ImageFont
font = ImageFont.load_default(28)
page = Image.new('1', (1240, 1754), 1)
draw = ImageDraw.Draw(page)
for line in range(38):
    draw.text((100, 100 + 41 * line), f'Line {line}: the quick brown fox jumps over the lazy dog, again and again.', font=font)
pages = int(sys.argv[2])
page.save(sys.argv[1], save_all=True, append_images=[page] * (pages - 1), resolution=150)
`;

function makeScan(pages: number): string {
	const path = join(scratchRoot(), `scan-${pages}.pdf`);
	execFileSync('/usr/bin/python3', ['-c', MAKE_SCAN, path, String(pages)]);
	return path;
}

/** An attacker is a process of its own, as its work may not delay the victim's clock. */
async function startAttack(name: string, apiUrl: string, scan: string) {
	const child: ChildProcess = spawn(process.execPath, ['--no-warnings', ATTACKER, name, apiUrl], {
		stdio: ['pipe', 'pipe', 'inherit'],
		env: { ...process.env, ATTACK_DOCUMENT: scan },
	});
	const exited = once(child, 'exit');
	const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
	if ((await lines.next()).value !== 'ready') throw new BenchError(`the attack ${name} could not begin`);
	return {
		async stop(): Promise<Record<string, number>> {
			child.stdin?.end();
			const { value } = await lines.next();
			await exited;
			return JSON.parse(value ?? '{}');
		},
	};
}

/** Keeps the largest value of each process while the work lasts. */
async function watchMemory(
	home: string,
	largest: Map<string, number>,
	work: Promise<unknown>,
): Promise<void> {
	let isOver = false;
	void work.then(
		() => {
			isOver = true;
		},
		() => {
			isOver = true;
		},
	);
	while (!isOver) {
		for (const [name, mib] of readMemory(home)) largest.set(name, Math.max(mib, largest.get(name) ?? 0));
		await sleep(MEMORY_EVERY_MS);
	}
}

async function measure(
	{ name, tool }: Attack,
	{ seconds, warmUpSeconds }: { seconds: number; warmUpSeconds: number },
	{ folder, scan }: Files,
): Promise<Measured> {
	const { apiUrl, home } = readProduct();
	const person = await register(apiUrl);
	const sample = await smallestSample(folder, tool);
	const live = (forSeconds: number) => runUserFlow({ apiUrl, person, sample, seconds: forSeconds });
	const measured: Measured = {
		...{ alone: [], attacked: [], answers: {} },
		memory: { before: new Map(), during: new Map(), after: new Map() },
	};
	await live(warmUpSeconds);
	for (let block = 0; block < BLOCKS; block += 1) {
		measured.alone.push(...(await live(seconds / BLOCKS)));
		if (block === 0) measured.memory.before = readMemory(home);
		const attack = await startAttack(name, apiUrl, scan);
		const lived = live(seconds / BLOCKS);
		await watchMemory(home, measured.memory.during, lived);
		measured.attacked.push(...(await lived));
		for (const [status, count] of Object.entries(await attack.stop()))
			measured.answers[status] = (measured.answers[status] ?? 0) + count;
		await sleep(COOL_DOWN_MS);
	}
	await sleep(AFTER_MS);
	measured.memory.after = readMemory(home);
	return measured;
}

function ratios(
	what: string,
	{ alone, attacked }: { alone: number[]; attacked: number[] },
	limits: { median?: number; p99?: number } = {},
): Figure[] {
	const figure = (label: string, share: number, limit: number | undefined): Figure[] => {
		const of = (values: number[]) => (share === 0.5 ? median(values) : quantile(values, share));
		return [
			{ name: `${what}: ${label}, alone`, value: of(alone), unit: 'ms' },
			{
				...{ name: `${what}: ${label}, attacked / alone`, value: of(attacked) / of(alone) },
				...(limit !== undefined && { bar: { atMost: limit } }),
			},
		];
	};
	return [...figure('median', 0.5, limits.median), ...figure('p99', 0.99, limits.p99)];
}

function sectionOf({ title, maxReadRatio, maxJobRatio }: Attack, measured: Measured): Section {
	const { alone, attacked, answers, memory } = measured;
	const timesOf = (exchanges: readonly Exchange[], isMeant: (exchange: Exchange) => boolean) =>
		exchanges.filter((one) => isMeant(one) && !isRefused(one)).map(({ durationMs }) => durationMs);
	const pairOf = (isMeant: (exchange: Exchange) => boolean) => ({
		alone: timesOf(alone, isMeant),
		attacked: timesOf(attacked, isMeant),
	});
	const is = (operation: string) => (exchange: Exchange) => exchange.operation === operation;
	const grown = [...memory.before].filter(([name, before]) => {
		const after = memory.after.get(name) ?? before;
		return after > Math.max(before * MEMORY_SHARE, before + MEMORY_MIB);
	});
	return {
		title: `A user while ${title}, beside the same user alone`,
		figures: [
			{ name: 'reads', value: attacked.filter(isRead).length },
			{ name: 'refused or reset, alone', value: alone.filter(isRefused).length, bar: { atMost: 0 } },
			{ name: 'refused or reset, attacked', value: attacked.filter(isRefused).length, bar: { atMost: 0 } },
			...ratios('reads', pairOf(isRead), { p99: maxReadRatio }),
			...ratios('uploads', pairOf(is('upload'))),
			...ratios('jobs', pairOf(is('job')), maxJobRatio === undefined ? {} : { median: maxJobRatio }),
			...Object.entries(answers).map(([status, value]) => ({
				name: `attacker was answered ${status}`,
				value,
			})),
			{ name: 'processes with more memory a minute after', value: grown.length, bar: { atMost: 0 } },
		],
		files: [...memory.before].map(([process, before]) => ({
			...{ process, 'before MiB': before, 'during MiB': memory.during.get(process) ?? Number.NaN },
			'a minute after MiB': memory.after.get(process) ?? Number.NaN,
		})),
	};
}

/**
 * What a user sees while somebody abuses the product: refusals, times beside those of the same user alone, and what memory the
 * product keeps. `--only NAME` runs one attack.
 */
export async function benchAbuse({ seconds, only }: Options): Promise<Section[]> {
	const { folder } = await makeFiles();
	const files = { folder, scan: makeScan(SCAN_PAGES) };
	const chosen = ATTACKS.filter(({ name }) => only.length === 0 || only.includes(name));
	if (chosen.length === 0) throw new BenchError(`There are ${ATTACKS.map(({ name }) => name).join(', ')}.`);
	const sections: Section[] = [];
	for (const attack of chosen) {
		const warmUpSeconds = sections.length === 0 ? FIRST_WARM_UP_SECONDS : WARM_UP_SECONDS;
		const measured = await measure(attack, { seconds, warmUpSeconds }, files);
		const section = sectionOf(attack, measured);
		say(renderSection(section));
		const refused = [...measured.alone, ...measured.attacked].filter(isRefused);
		const lines = refused.map(({ operation, status, message }) => `${operation}: ${status} ${message}`);
		for (const line of [...new Set(lines)].slice(0, 10)) say(`refused: ${line}`);
		sections.push(section);
	}
	return sections;
}
