import { readdir } from 'node:fs/promises';
import { JOB_LIMITS } from '@creatorr/contracts/jobs';
import { maxJsonBytes } from '@creatorr/contracts/max-json-bytes';
import { paramsJsonSchema, parseParams } from '@creatorr/tool-kit/params/params';
import { describeTool } from '@creatorr/tool-kit/tool/describe';
import { describe, expect, test } from '@jest/globals';
import { loadCatalog } from './catalog.ts';
import { loadTools } from './runners.ts';

const MANIFESTS = [...(await loadCatalog()).values()];

test('loadCatalog returns a tool for each folder with a manifest, in the order of slugs', async () => {
	const slugs = MANIFESTS.map(({ slug }) => slug);
	expect(slugs.length).toBeGreaterThan(0);
	expect(slugs).toEqual(slugs.toSorted());
	for (const slug of slugs)
		expect(await readdir(new URL(`./${slug}`, import.meta.url))).toContain('manifest.ts');
});

test('no two tools have the same command', () => {
	const names = MANIFESTS.flatMap(({ slug, cliAlias }) => [slug, ...(cliAlias ? [cliAlias] : [])]);
	expect(names).toEqual([...new Set(names)]);
});

describe.each(MANIFESTS)('$slug', (manifest) => {
	test('has a description for users', () => {
		const { title, summary, accepts, params } = describeTool(manifest);
		expect([title, summary, ...accepts].every((text) => text.length > 2)).toBe(true);
		expect(params).toMatchObject({ type: 'object', additionalProperties: false });
	});

	test('has a run and a test', async () => {
		expect((await loadTools()).get(manifest.slug)?.run).toBeInstanceOf(Function);
		expect(await readdir(new URL(`./${manifest.slug}`, import.meta.url))).toContain('run.test.ts');
	});

	test('has params of bounded size, refuses unknown ones and completes missing ones', () => {
		expect(maxJsonBytes(paramsJsonSchema(manifest.params))).toBeLessThanOrEqual(JOB_LIMITS.paramsBytes);
		expect(parseParams(manifest.params, { no_such_param: 1 })).toMatchObject({
			ok: false,
			details: [{ path: 'params.no_such_param' }],
		});
		expect(parseParams(manifest.params, {})).toMatchObject({ ok: true });
	});

	test('gives Pro at least the limits of Free', () => {
		const { free, pro } = manifest.planLimits ?? {};
		expect(pro?.maxPages ?? 0).toBeGreaterThanOrEqual(free?.maxPages ?? 0);
		expect(pro?.maxInputBytes ?? 0).toBeGreaterThanOrEqual(free?.maxInputBytes ?? 0);
	});
});
