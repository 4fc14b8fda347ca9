import { existsSync, globSync, lstatSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';

/** Peer dependencies that only code generation needs. pnpm installs them with each package that accepts them. */
const CUT: Record<string, readonly string[]> = { '@prisma/client': ['prisma', 'typescript'] };

/** Returns the names of the packages in a `node_modules`, including scoped ones. */
function namesIn(directory: string): string[] {
	return readdirSync(directory).flatMap((name) => {
		if (name.startsWith('.')) return [];
		return name.startsWith('@')
			? readdirSync(join(directory, name)).map((rest) => `${name}/${rest}`)
			: [name];
	});
}

/**
 * Removes packages that nothing depends on from the installation in `root`. `.pnpm/<entry>/node_modules` has a package and links to
 * its dependencies.
 */
function dropUnreachable(root: string): void {
	const store = join(root, 'node_modules', '.pnpm');
	const reached = new Set<string>();

	function follow(directory: string): void {
		for (const name of namesIn(directory)) {
			const path = join(directory, name);
			const [entry = ''] = relative(store, realpathSync(path)).split(sep);
			if (entry === '..' || reached.has(entry)) continue;
			reached.add(entry);
			const dependencies = join(store, entry, 'node_modules');
			for (const cut of CUT[name] ?? []) rmSync(join(dependencies, cut), { recursive: true, force: true });
			follow(dependencies);
		}
	}

	for (const directory of globSync('{apps,packages}/*/node_modules', { cwd: root }))
		follow(join(root, directory));
	for (const entry of readdirSync(store)) {
		if (!reached.has(entry) && entry !== 'node_modules' && lstatSync(join(store, entry)).isDirectory()) {
			rmSync(join(store, entry), { recursive: true });
		}
	}
	dropDangling(join(store, 'node_modules'));
}

/** Removes dangling links. pnpm creates links to all packages there, for packages that import what they don't declare. */
function dropDangling(directory: string): void {
	for (const name of namesIn(directory)) {
		if (!existsSync(join(directory, name))) rmSync(join(directory, name));
	}
}

const { positionals } = parseArgs({ allowPositionals: true });
const [root] = positionals;
if (root === undefined) throw new Error('the directory of an installation is missing');
dropUnreachable(root);
