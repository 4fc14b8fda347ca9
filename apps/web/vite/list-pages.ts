import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Writes the paths of the pages beside the build, with parameters in OpenAPI syntax: `/tools/{slug}`. */
export function listPages(paths: readonly string[]): Plugin {
	let outDir = '';
	return {
		name: 'list-pages',
		apply: 'build',
		configResolved(config) {
			outDir = join(config.root, config.build.outDir);
		},
		// not closeBundle, which also runs after a failure and would hide its error
		writeBundle() {
			const patterns = paths.map((path) => path.replace(/:(\w+)/g, '{$1}'));
			writeFileSync(join(outDir, '..', 'pages.json'), `${JSON.stringify(patterns, null, 2)}\n`);
		},
	};
}
