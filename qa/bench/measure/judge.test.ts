import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inScratch, removeScratchRoot } from '../run/scratch.ts';
import { judge, type Verdict } from './judge.ts';

/** Two pages, text and an outline; what is left out or changed is said by the words after the path. */
const MAKE = `
import sys
from reportlab.pdfgen.canvas import Canvas
path, *changes = sys.argv[1:]
made = Canvas(path, invariant=1, pageCompression=int('compressed' in changes))
for number in range(1 if 'a-page-less' in changes else 2):
    made.bookmarkPage(f'page-{number}')
    if 'no-outline' not in changes:
        made.addOutlineEntry(f'Page {number}', f'page-{number}')
    for row in range(0 if 'blank' in changes else 40):
        made.drawString(60, 780 - 18 * row, f'{row} of words that anyone can read on page {number}')
    made.showPage()
made.save()
`;

let folder: string;
let original: string;

async function make(...changes: string[]): Promise<string> {
	const path = join(folder, `${['made', ...changes].join('-')}.pdf`);
	await promisify(execFile)('/usr/bin/python3', ['-c', MAKE, path, ...changes]);
	return path;
}

function judged(output: string): Promise<Verdict> {
	return inScratch(original, (scratch) => judge(scratch, original, output));
}

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'judge-'));
	original = await make();
});

afterAll(() => {
	removeScratchRoot();
	return rm(folder, { recursive: true });
});

describe('the judge', () => {
	test('gives a file that is smaller and the same its ratio', async () => {
		const verdict = await judged(await make('compressed'));
		expect(verdict).toMatchObject({ ssim: 1, lost: [], score: verdict.ratio });
		expect(verdict.ratio).toBeLessThan(0.9);
	});

	test('gives the original itself no gain', async () => {
		expect(await judged(original)).toEqual({ ratio: 1, ssim: 1, lost: [], score: 1 });
	});

	test('sees a page that is blank now', async () => {
		const verdict = await judged(await make('compressed', 'blank'));
		expect(verdict).toMatchObject({ score: 1, lost: [] });
		expect(verdict.ssim).toBeLessThan(0.95);
	});

	test('sees an outline that is gone', async () => {
		expect(await judged(await make('compressed', 'no-outline'))).toMatchObject({
			score: 1,
			lost: ['outline'],
		});
	});

	test('sees a page that is gone', async () => {
		const verdict = await judged(await make('compressed', 'a-page-less'));
		expect(verdict.score).toBe(1);
		expect(verdict.lost).toContain('pages');
	});

	test('gives what is no PDF nothing', async () => {
		const path = join(folder, 'garbage.pdf');
		await writeFile(path, 'not a PDF');
		expect(await judged(path)).toMatchObject({ score: 1, ssim: 0, lost: ['unreadable: PdfError'] });
	});

	test('never gives a larger file more than the original', async () => {
		original = await make('compressed');
		const verdict = await judged(await make());
		expect(verdict.ratio).toBeGreaterThan(1);
		expect(verdict.score).toBe(1);
	});
});
