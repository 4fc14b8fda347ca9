import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, jest, test } from '@jest/globals';
import { amplifiedPage, type OnePage, onePage } from '../testing/builders/pdf.ts';
import { compress } from './fixtures/generated-pdfs.ts';
import { PROGRAM } from './optimizer.ts';

jest.setTimeout(120_000);

/** Years of drawing. */
const ENDLESS = 12;

describe('compress_heavy, given a page that takes years to draw,', () => {
	test('makes only lossless changes, within seconds, and says why', async () => {
		const original = amplifiedPage(ENDLESS);
		const deadline = { baseMs: 15_000, perMiBMs: 0, capMs: 15_000 };
		const { output, details, warnings } = await compress(
			original,
			{},
			{
				adapt: (tool) => ({
					...tool,
					manifest: { ...tool.manifest, limits: { ...tool.manifest.limits, deadline } },
				}),
			},
		);
		expect(details).toMatchObject({ method: 'lossless', pages: 1 });
		expect(output.length).toBeLessThan(original.length);
		expect(warnings).toEqual([expect.stringMatching(/^slow_to_draw: /)]);
	});

	test('returns the original if the colors were to be removed, as that is not lossless', async () => {
		const { details, warnings } = await compress(amplifiedPage(ENDLESS), { grayscale: true });
		expect(details).toMatchObject({ method: 'original' });
		expect(warnings).toEqual([expect.stringMatching(/^unchanged: .*still has its colors/)]);
	});
});

/** Runs a script with the modules of the optimizer, with a file of this content as `path`, and returns what it prints. */
async function python(script: string, content: Buffer): Promise<unknown> {
	const directory = await mkdtemp(join(tmpdir(), 'slow-'));
	try {
		const path = join(directory, 'a.pdf');
		await writeFile(path, content);
		const lines = [
			'import sys, json, pikepdf',
			'sys.path.insert(0, sys.argv[1])',
			'path = sys.argv[2]',
			script,
		];
		const args = ['-B', '-c', lines.join('\n'), PROGRAM.optimizer, path];
		return JSON.parse((await promisify(execFile)('/usr/bin/python3', args)).stdout);
	} finally {
		await rm(directory, { recursive: true });
	}
}

describe('a page counts as too much to draw', () => {
	const drawsTooMuch = (pdf: Buffer) =>
		python('from bombs import draws_too_much; print(json.dumps(draws_too_much(pikepdf.open(path))))', pdf);

	const FORM = '/Type /XObject /Subtype /Form /BBox [0 0 9 9]';
	/** Returns a page with form 5, which has this content and resources. */
	const withForm = (content: string, form: string, resources = '<< >>'): OnePage => ({
		resources: '/XObject << /X 5 0 R >>',
		content,
		objects: [{ dictionary: `${FORM} /Resources ${resources}`, stream: form }],
	});
	const ITSELF = '<< /XObject << /X 5 0 R >> >>';
	const chain = (length: number): OnePage => ({
		resources: '/XObject << /X 5 0 R >>',
		content: '/X Do',
		objects: Array.from({ length }, (_, index) => ({
			dictionary: `${FORM} /Resources << /XObject << /X ${index + 6} 0 R >> >>`,
			stream: '/X Do',
		})),
	});
	// As long as before, so that the cross-reference table stays correct.
	const disguised = Buffer.from(
		amplifiedPage(ENDLESS).toString('latin1').replaceAll('/X Do /X Do /X Do ', '/#58%\nDo/X Do/X Do'),
		'latin1',
	);
	const symbols = '1 0 0 1 0.5 7.25 cm /X Do\n'.repeat(200_000);

	test.each([
		[true, 'when forms draw forms many times', amplifiedPage(ENDLESS)],
		[true, 'when comments and escapes hide that', disguised],
		[true, 'when a form draws itself', onePage(withForm('/X Do', '/X Do', ITSELF))],
		[true, 'when forms are nested a thousand deep', onePage(chain(1000))],
		[false, 'not when it draws ten thousand forms', amplifiedPage(4)],
		[false, 'not when forms are nested a hundred deep', onePage(chain(100))],
		[
			false,
			'not when it is a map that draws a symbol 200,000 times',
			onePage(withForm(symbols, '0 0 1 1 re f')),
		],
		[
			false,
			'not when a form lists itself without drawing itself',
			onePage(withForm('/X Do', '0 0 1 1 re f', ITSELF)),
		],
	])('%s: %s', async (expected, _, pdf) => {
		expect(await drawsTooMuch(pdf)).toBe(expected);
	});
});

describe('a budget of CPU time', () => {
	const spend = (commands: string, seconds = 1) =>
		python(
			`
import subprocess
from cpu_budget import Budget, TooSlow
budget, ends = Budget(${seconds}), []
for command in ${commands}:
    try:
        ends.append(budget.run(*command).decode())
    except (TooSlow, subprocess.CalledProcessError) as error:
        ends.append(type(error).__name__)
print(json.dumps([ends, budget.is_spent]))`,
			Buffer.from(''),
		);

	test('returns what commands print, and reports those that fail', async () => {
		expect(await spend('[["echo", "made"], ["false"]]')).toEqual([['made\n', 'CalledProcessError'], false]);
	});

	test('ends a command that uses it up, and starts no other', async () => {
		const endless = '["bash", "-c", "while :; do :; done"]';
		expect(await spend(`[${endless}, ["echo", "made"]]`)).toEqual([['TooSlow', 'TooSlow'], true]);
	});
});
