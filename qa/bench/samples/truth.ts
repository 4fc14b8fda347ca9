import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

/** Where the true text of a scan lies: `gt_x.txt` beside `gt_x_anything.pdf`; undefined where it has none. */
export function truthPath(path: string): string | undefined {
	const stem = basename(path, extname(path));
	if (!stem.startsWith('gt_')) return undefined;
	const words = stem.split('_');
	return words
		.map((_, index) => join(dirname(path), `${words.slice(0, words.length - index).join('_')}.txt`))
		.find((candidate) => candidate !== path && existsSync(candidate));
}
