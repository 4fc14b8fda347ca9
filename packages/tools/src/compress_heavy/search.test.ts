import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { textPage } from '../testing/pages.ts';
import { pdfFile } from '../testing/pdf-file.ts';
import { manifest } from './manifest.ts';

jest.setTimeout(60_000);

const OPTIMIZER = fileURLToPath(new URL('./optimizer', import.meta.url));

/** A search among copies whose size and similarity are computed in Python from their `quality` and whether it `rewrites`. */
interface Search {
	quality: number;
	target_size_bytes: number | null;
	size: string;
	similarity: string;
	/** For which copies the attempt fails. */
	fails?: string;
}

const planned: Search[] = [];
let found: Record<string, unknown>[] = [];

/** Adds a search to those that run before the tests. Returns a function that returns its result. */
function plan(search: Search): () => Record<string, unknown> | undefined {
	const index = planned.push(search) - 1;
	return () => found[index];
}

// In one process, because loading the optimizer takes longer than all searches.
beforeAll(async () => {
	const directory = await mkdtemp(join(tmpdir(), 'search-'));
	try {
		await writeFile(join(directory, 'source.pdf'), pdfFile({ pages: [textPage(['x'.repeat(100_000)])] }));
		found = JSON.parse(await python(scriptOf(planned), directory));
	} finally {
		await rm(directory, { recursive: true });
	}
}, 60_000);

/** Runs a script with the optimizer's modules. */
async function python(script: string, ...args: string[]): Promise<string> {
	const lines = ['import sys, json', `sys.path.insert(0, ${JSON.stringify(OPTIMIZER)})`, script];
	return (await promisify(execFile)('/usr/bin/python3', ['-B', '-c', lines.join('\n'), ...args])).stdout;
}

function scriptOf(searches: readonly Search[]): string {
	const calls = searches.map(
		({ quality, target_size_bytes, size, similarity, fails = 'False' }) => `search(
    dict(quality=${quality}, target_size_bytes=${target_size_bytes ?? 'None'}),
    lambda quality, rewrites: ${size},
    lambda quality, rewrites: ${similarity},
    lambda quality: ${fails},
)`,
	);
	return `
import os, compress
from concurrent.futures import ThreadPoolExecutor
from optimize import Result

compress.settings_of = lambda quality, *_: compress.Settings(100, quality, 0.9, 0.9, 0.05, True)
source = os.path.join(sys.argv[1], "source.pdf")

def search(request, size, similarity, fails):
    def make(source, path, options, settings, processes, progress):
        quality, rewrites = (settings.jpeg, settings.rewrites) if settings else (100, False)
        open(path, "w").write(f"{quality} {rewrites} ".ljust(size(quality, rewrites)))
        if fails(quality): raise ValueError("no such object")
        return Result()

    class Checker:
        def __init__(self, *_): pass
        def is_readable(self): return True
        def has_same_structure(self, path): return True
        def similarity(self, path, in_gray):
            quality, rewrites = open(path).read().split()
            return similarity(int(quality), rewrites == "True")

    compress.optimize, compress.Checker = make, Checker
    directory = os.path.join(sys.argv[1], str(len(found)))
    os.mkdir(directory)
    target = os.path.join(directory, "target.pdf")
    request = compress.Request(**request, image_dpi=None, grayscale=False, linearize=False, remove_metadata=False,
        signed="reject", max_pages=None, budget_seconds=60)
    try:
        done = compress.compress_document(source, target, request, lambda share: None, ThreadPoolExecutor(1))
    except MemoryError as error:
        done = {"error": str(error)}
    written = open(target).read() if os.path.exists(target) else None
    content = written and written.strip()
    found.append({**done, "bytes": written and len(written), "content": content, "files": [entry.name for entry in os.scandir(directory)]})

found = []
${calls.join('\n')}
print(json.dumps(found))`;
}

describe('the search, when an attempt fails,', () => {
	const failing = plan({
		quality: 60,
		target_size_bytes: null,
		size: '50_000',
		similarity: '1',
		fails: 'quality == 60',
	});
	test('takes a lossless copy with a warning', () => {
		expect(failing()).toMatchObject({
			method: 'lossless',
			content: '100 False',
			failure: expect.stringMatching(/^Traceback[\s\S]*ValueError: no such object\n$/),
		});
	});

	const failingTwice = plan({
		quality: 60,
		target_size_bytes: null,
		size: '50_000',
		similarity: '1',
		fails: 'True',
	});
	test('returns the original if the lossless copy fails too', () => {
		expect(failingTwice()).toMatchObject({ method: 'original', content: null, failure: expect.any(String) });
	});

	const failingLate = plan({
		quality: 60,
		target_size_bytes: 20_000,
		size: 'quality * 1000',
		similarity: '1.0',
		fails: 'quality < 20',
	});
	test('keeps the best copy so far if a later attempt for the target size fails', () => {
		expect(failingLate()).toMatchObject({
			method: 'optimized',
			content: '30 True',
			failure: expect.any(String),
		});
	});

	const withoutMemory = plan({
		quality: 60,
		target_size_bytes: null,
		size: '1',
		similarity: '1',
		fails: '(_ for _ in ()).throw(MemoryError("no memory"))',
	});
	test('ends if memory runs out, because no other attempt can succeed', () => {
		expect(withoutMemory()).toMatchObject({ error: 'no memory' });
	});
});

const comparingLong = plan({
	quality: 60,
	target_size_bytes: null,
	size: '50_000',
	similarity: '(_ for _ in ()).throw(compress.TooSlow())',
});
test('the search takes a lossless copy if comparing a copy takes too long', () => {
	expect(comparingLong()).toMatchObject({ method: 'lossless', content: '100 False' });
});

const searchingAgain = plan({
	quality: 60,
	target_size_bytes: 50_000,
	size: 'quality * 1000 + (0 if rewrites else 500)',
	// A copy of a lower quality loses text; without rewriting it keeps the text but looks different.
	similarity: '1.0 if quality >= 60 else 0.0 if rewrites else 0.5',
});
test('the search returns the copy that it checked, also if it tried that quality again later', () => {
	expect(searchingAgain()).toMatchObject({ quality: 60, bytes: 60_000, content: '60 True' });
});

const searchingLong = plan({
	quality: 90,
	target_size_bytes: 30_000,
	size: 'quality * 1000',
	similarity: '1.0 if quality > 20 else 0.5',
});
test('the search deletes the files of copies that it does not need', () => {
	expect(searchingLong()).toMatchObject({ files: ['target.pdf'] });
});

test('the described quality is the applied quality', async () => {
	const { description = '' } = manifest.params.shape.quality;
	const described = [
		...description.matchAll(
			/At (\d+), (?:pages look the same on a screen \()?SSIM (?:of sampled pages at least|is) ([\d.]+)(?:, images at| and images have) (\d+) DPI/g,
		),
	].map(([, ...numbers]) => numbers.map(Number));
	const applied = await python(`
from settings import settings_of
print(json.dumps([[q, round(settings_of(q).similarity, 4), settings_of(q).dpi] for q in (70, 90, 40)]))`);
	expect(described).toEqual(JSON.parse(applied));
});
