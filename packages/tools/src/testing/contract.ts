import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { missingBinaries, probeCapabilities } from '@creatorr/tool-kit/run/probe';
import type { Scratch } from '@creatorr/tool-kit/scratch/scratch';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { loadCatalog } from '../catalog.ts';
import { loadTool, runSample, type Sample } from './run-sample.ts';

export interface ContractSamples {
	/** An input that succeeds. */
	good: Sample;
	/** An input whose bytes don't match its name and type. */
	malformed: Sample;
	/** A truncated input of the right kind. */
	corrupt: Sample;
	/** An input that takes seconds. */
	slow: Sample;
	/** Some values of each capability that a machine with the manifest's packages offers. */
	offers?: Readonly<Record<string, readonly string[]>>;
}

const KILLED_WITHIN_MS = 2000;

/** Defines the tests that every tool must pass. */
export function describeContract(slug: string, makeSamples: () => Promise<ContractSamples>): void {
	describe(`${slug} fulfills the contract of tools:`, () => {
		let samples: ContractSamples;
		beforeAll(async () => {
			samples = await makeSamples();
		}, 60_000);

		test('everything that it needs is installed', async () => {
			const manifest = (await loadCatalog()).get(slug);
			expect(await missingBinaries(manifest?.binaries ?? ['a manifest'])).toEqual([]);
		});

		test('it offers the choices of its params', async () => {
			const tool = await loadTool(slug);
			const { offers = {} } = samples;
			const root = await mkdtemp(join(tmpdir(), 'capabilities-'));
			const capabilities = await probeCapabilities(tool, root);
			expect(await readdir(root)).toEqual([]);
			await rm(root, { recursive: true });
			expect(Object.keys(capabilities)).toEqual(Object.keys(offers));
			expect(Object.keys(offers)).toEqual(expect.arrayContaining(Object.values(tool.manifest.choices ?? {})));
			for (const [name, values] of Object.entries(capabilities)) {
				expect(values).toEqual(expect.arrayContaining([...(offers[name] ?? [])]));
				expect(new Set(values).size).toBe(values.length);
			}
		});

		test('a good input returns an output of the declared name and type, and changes nothing else', async () => {
			const manifest = (await loadCatalog()).get(slug);
			const params = manifest?.params.parse(samples.good.params ?? {});
			const inspect = (scratch: Scratch) => expectConfined(scratch, samples.good);
			const result = await runSample(slug, samples.good, { inspect });
			expect(result.outputName).toBe(manifest?.outputName(samples.good.name, params));
			expect(result.outputMimeType).toBe(manifest?.outputMimeType(params));
			expect(result.outputSizeBytes).toBe(result.output.length);
			expect(result.outputPath).toMatch(/\/job-\w+\/(input|scratch\/.+)$/);
			for (const warning of result.warnings) expect(warning).toMatch(/^[a-z_]+: \w/);
			expect(z.strictObject(manifest?.result?.shape ?? {}).parse(result.details)).toEqual(result.details);
		});

		test('an input of another kind than declared is unsupported', async () => {
			await expect(runSample(slug, samples.malformed)).rejects.toMatchObject({ code: 'unsupported_input' });
		});

		test('an input with more pages than the plan allows is over the limit', async () => {
			const pageLimit = { pages: 0, onPro: 5 };
			await expect(runSample(slug, samples.good, { pageLimit })).rejects.toMatchObject({
				code: 'limit_exceeded',
				message: expect.stringContaining('Pro'),
			});
		});

		test('a truncated input is corrupt', async () => {
			await expect(runSample(slug, samples.corrupt)).rejects.toMatchObject({ code: 'corrupt_input' });
		});

		test('canceled during its run it ends within 2 s with all processes', async () => {
			await expectQuickEnd(slug, samples.slow);
		});
	});
}

/** Checks that the tool wrote only to its own directories and did not change the input. */
async function expectConfined(scratch: Scratch, sample: Sample): Promise<void> {
	expect((await readdir(scratch.path)).sort()).toEqual(['input', 'prewarmed-input', 'scratch', 'shm', 'tmp']);
	expect(await readdir(join(scratch.path, '..'))).toEqual([basename(scratch.path)]);
	expect(sample.content.equals(await readFile(scratch.inputPath))).toBe(true);
}

async function expectQuickEnd(slug: string, sample: Sample): Promise<void> {
	const controller = new AbortController();
	const reason = new Error('canceled');
	let abortedAtMs = 0;
	const inspect = async (scratch: Scratch) => {
		expect(performance.now() - abortedAtMs).toBeLessThan(KILLED_WITHIN_MS);
		expect(commandsIn(scratch)).toEqual([]);
	};
	const begun = Promise.withResolvers<void>();
	const run = runSample(slug, sample, {
		signal: controller.signal,
		onProgress: () => begun.resolve(),
		inspect,
	});
	const aborted = expect(run).rejects.toBe(reason);
	await Promise.race([begun.promise, run]);
	// During the long command after the first progress.
	await sleep(300);
	abortedAtMs = performance.now();
	controller.abort(reason);
	await aborted;
}

/** Returns the command lines of running processes that have the scratch directory mounted. */
function commandsIn(scratch: Scratch): string[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.filter((pid) => readProc(`${pid}/mountinfo`).includes(`${basename(scratch.path)}/scratch`))
		.map((pid) => readProc(`${pid}/cmdline`));
}

function readProc(path: string): string {
	try {
		return readFileSync(`/proc/${path}`, 'utf8');
	} catch {
		// It has ended.
		return '';
	}
}
