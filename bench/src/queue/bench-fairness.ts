import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Account, openAccount } from '../corpus/api.ts';
import { median } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { readProduct } from '../product/environment.ts';
import type { Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { scratchRoot } from '../run/scratch.ts';
import { secondsSince } from '../run/trial.ts';
import { type Sample, SUCCEEDED } from '../samples/sample.ts';
import { BenchError, say } from '../say.ts';

const GREEDY_ACCOUNTS = 8;
const JOBS_PER_ACCOUNT = 3;
const GREEDY_PAGES = 200;
const ROUNDS = 3;
/** One account's long jobs, however many such accounts, slow another's short one by no more. */
const MAX_RATIO = 3;

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

function makeScan(pages: number): Sample {
	const path = join(scratchRoot(), `scan-${pages}.pdf`);
	execFileSync('/usr/bin/python3', ['-c', MAKE_SCAN, path, String(pages)]);
	return {
		...{ tool: 'ocr', path, label: `a scan of ${pages} pages`, mimeType: 'application/pdf' },
		...{ params: {}, expect: [SUCCEEDED] },
	};
}

/** How long a one-page OCR takes alone, and beside eight new accounts that have just queued 200-page OCR jobs. */
export async function benchFairness(_options: Options): Promise<Section[]> {
	const { apiUrl } = readProduct();
	const [page, document] = [makeScan(1), makeScan(GREEDY_PAGES)];
	const person = await openAccount(apiUrl);
	const fileId = await person.upload(page);
	const runOne = () => timedJob(person, page, fileId);
	// what is started for the first job is not measured
	await runOne();
	const alone = await inTurn(ROUNDS, runOne);
	await flood(apiUrl, document);
	const beside = await inTurn(ROUNDS, runOne);
	const section = {
		title: `${page.label}, alone and beside ${GREEDY_ACCOUNTS} accounts with ${JOBS_PER_ACCOUNT} × ${document.label}`,
		figures: [
			{ name: 'alone', value: median(alone), unit: 's' },
			{ name: 'beside, the first', value: beside[0] ?? Number.NaN, unit: 's' },
			{ name: 'beside, the slowest', value: Math.max(...beside), unit: 's' },
			{
				name: 'beside, the slowest ÷ alone',
				value: Math.max(...beside) / median(alone),
				bar: { atMost: MAX_RATIO },
			},
		],
		files: [],
	};
	say(renderSection(section));
	return [section];
}

async function timedJob(person: Account, sample: Sample, fileId: string): Promise<number> {
	const startedAt = performance.now();
	const job = await person.finish(await person.enqueue(sample, fileId));
	if (job.status !== SUCCEEDED)
		throw new BenchError(`${sample.label} ended ${job.status}: ${job.error_message}`);
	return secondsSince(startedAt);
}

async function inTurn(times: number, work: () => Promise<number>): Promise<number[]> {
	const results: number[] = [];
	while (results.length < times) results.push(await work());
	return results;
}

/** Resolves once all jobs are queued. */
async function flood(apiUrl: string, document: Sample): Promise<void> {
	for (let count = 0; count < GREEDY_ACCOUNTS; count += 1) {
		const account = await openAccount(apiUrl);
		const fileId = await account.upload(document);
		for (let job = 0; job < JOBS_PER_ACCOUNT; job += 1) await account.enqueue(document, fileId);
	}
}
