import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { textPage } from '../testing/pages.ts';
import { pdfFile } from '../testing/pdf-file.ts';
import { manifest } from './manifest.ts';

jest.setTimeout(60_000);

const OPTIMIZER = fileURLToPath(new URL('./optimizer', import.meta.url));

let directory: string;
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'search-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Runs a script with the optimizer's modules and parses its output. */
async function python(script: string): Promise<Record<string, unknown>> {
	const lines = ['import sys, json', `sys.path.insert(0, ${JSON.stringify(OPTIMIZER)})`, script];
	const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-B', '-c', lines.join('\n')]);
	return JSON.parse(stdout);
}

/**
 * Runs the search on copies whose size and similarity are computed from their quality and settings. `fails` says for which of them the
 * attempt fails.
 */
async function search(request: string, size: string, similarity: string, fails = 'False') {
	const source = join(directory, 'source.pdf');
	await writeFile(source, pdfFile({ pages: [textPage(['x'.repeat(100_000)])] }));
	return python(`
import os, compress
from concurrent.futures import ThreadPoolExecutor
from optimize import Result

def make(source, path, work, settings, processes, progress):
    quality, rewrites = (settings.jpeg, settings.rewrites) if settings else (100, False)
    open(path, "w").write(f"{quality} {rewrites} ".ljust(${size}))
    if ${fails}: raise ValueError("no such object")
    return Result()

class Checker:
    def __init__(self, *_): pass
    def is_readable(self): return True
    def similarity(self, path, in_gray):
        quality, rewrites = open(path).read().split()
        quality, rewrites = int(quality), rewrites == "True"
        return ${similarity}

compress.optimize, compress.Checker = make, Checker
compress.settings_of = lambda quality, *_: compress.Settings(100, quality, 0.9, 0.9, 0.05, True)
request = compress.Request(**{**dict(image_dpi=None, grayscale=False, linearize=False, remove_metadata=False,
    signed="reject", max_pages=None, budget_seconds=60), **${request}})
target = ${JSON.stringify(join(directory, 'target.pdf'))}
done = compress.compress_document(${JSON.stringify(source)}, target, request, lambda share: None, ThreadPoolExecutor(1))
content = open(target).read().strip() if os.path.exists(target) else None
print(json.dumps({**done, "bytes": content and os.path.getsize(target), "content": content}))`);
}

describe('the search, when an attempt fails,', () => {
	test('takes a lossless copy with a warning', async () => {
		const found = await search('{"quality": 60, "target_size_bytes": None}', '50_000', '1', 'quality == 60');
		expect(found).toMatchObject({
			...{ method: 'lossless', content: '100 False' },
			failure: expect.stringMatching(/^Traceback[\s\S]*ValueError: no such object\n$/),
		});
	});

	test('returns the original if that fails too', async () => {
		const found = await search('{"quality": 60, "target_size_bytes": None}', '50_000', '1', 'True');
		expect(found).toMatchObject({ method: 'original', content: null, failure: expect.any(String) });
	});

	test('keeps the best copy for a size that was not reached', async () => {
		const request = '{"quality": 60, "target_size_bytes": 20_000}';
		const found = await search(request, 'quality * 1000', '1.0', 'quality < 20');
		expect(found).toMatchObject({ method: 'optimized', content: '30 True', failure: expect.any(String) });
	});

	test('ends if no other attempt can be better', async () => {
		const lack = '(_ for _ in ()).throw(MemoryError("no memory"))';
		await expect(search('{"quality": 60, "target_size_bytes": None}', '1', '1', lack)).rejects.toThrow(
			'no memory',
		);
	});
});

test('the search returns the copy that it checked, also if it tried that quality again later', async () => {
	const found = await search(
		'{"quality": 60, "target_size_bytes": 50_000}',
		'quality * 1000 + (0 if rewrites else 500)',
		// A lower quality loses some text, and does not look the same even without that.
		'1.0 if quality >= 60 else 0.0 if rewrites else 0.5',
	);
	expect(found).toMatchObject({ quality: 60, bytes: 60_000, content: '60 True' });
});

test('the search frees the memory of copies that it does not need', async () => {
	await search(
		'{"quality": 90, "target_size_bytes": 30_000}',
		'quality * 1000',
		'1.0 if quality > 20 else 0.5',
	);
	expect((await readdir(directory)).sort()).toEqual(['source.pdf', 'target.pdf']);
});

test('the reported quality is the applied quality', async () => {
	const { description = '' } = manifest.params.shape.quality;
	const said = [
		...description.matchAll(
			/At (\d+), (?:pages look the same on a screen \()?SSIM (?:of sampled pages at least|is) ([\d.]+)(?:, images at| and images have) (\d+) dpi/g,
		),
	].map(([, ...numbers]) => numbers.map(Number));
	const done = await python(`
from settings import settings_of
print(json.dumps({"points": [[q, round(settings_of(q).similarity, 4), settings_of(q).dpi] for q in (70, 90, 40)]}))`);
	expect(said).toEqual(done.points);
});
