import { readFile } from 'node:fs/promises';
import { loadCatalog } from '@creatorr/tools/catalog';
import { expect, test } from '@jest/globals';

const REPOSITORY = new URL('../../../../', import.meta.url);

test('README.md lists at most 15 files that params pass on their way to the tool', async () => {
	const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
	const [slug = ''] = (await loadCatalog()).keys();
	const paths = [...readme.matchAll(/^\| ((?:apps|packages)\/\S+) \|/gm)].map(([, path = '']) => path);
	expect(paths.length).toBeGreaterThan(10);
	expect(paths.length).toBeLessThanOrEqual(15);
	for (const path of paths) {
		const code = await readFile(new URL(path.replace('SLUG', slug), REPOSITORY), 'utf8');
		expect([path, code.match(/params/i)?.[0]]).toEqual([path, expect.any(String)]);
	}
});
