import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The build's list of pages, which the gateway reads, too. */
const LIST = join(import.meta.dirname, '..', '..', '..', '..', 'apps', 'web', 'dist', 'pages.json');

/** Example paths of pages with parameters. */
const EXAMPLES: Record<string, string> = {
	'/tools/{slug}': '/tools/compress_heavy',
	'/docs/errors/{code}': '/docs/errors/rate_limited',
};

/** Returns a path of every page. */
export async function pagePaths(): Promise<string[]> {
	const patterns: string[] = JSON.parse(await readFile(LIST, 'utf8'));
	const paths = patterns.map((pattern) => EXAMPLES[pattern] ?? pattern);
	const unknown = paths.find((path) => path.includes('{'));
	if (unknown) throw new Error(`no example of the page ${unknown}`);
	return paths;
}
