import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the gateway reads, too: the build says which pages there are. */
const LIST = join(import.meta.dirname, '..', '..', '..', '..', 'apps', 'web', 'dist', 'pages.json');

/** Pages that have something to show only with a mail's token, or a tool's name. */
const EXAMPLES: Record<string, string> = { '/tools/{slug}': '/tools/compress_heavy' };

/** A path of every page of the app. */
export async function pagePaths(): Promise<string[]> {
	const patterns: string[] = JSON.parse(await readFile(LIST, 'utf8'));
	const paths = patterns.map((pattern) => EXAMPLES[pattern] ?? pattern);
	const unknown = paths.find((path) => path.includes('{'));
	if (unknown) throw new Error(`no example of the page ${unknown}`);
	return paths;
}
