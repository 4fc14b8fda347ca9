/**
 * Prepares this directory for `npm pack`: `prepare` builds the client and writes the manifest of the published package, `restore`
 * brings the repository's manifest back. Plain JavaScript, so that it runs with any Node and npm.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DIRECTORY = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const at = (...path) => join(DIRECTORY, ...path);
const MANIFEST = at('package.json');
const KEPT = at('package.json.kept');
const LICENSE = at('LICENSE');
const COMPILER = at('node_modules', 'typescript', 'bin', 'tsc');

/** Fields that only the repository needs. Some have dependencies in protocols that npm doesn't know. */
const PRIVATE = ['scripts', 'devDependencies', 'publishConfig'];

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

function prepare() {
	for (const needed of [COMPILER, at('src', 'generated', 'tools.ts')]) {
		if (!existsSync(needed))
			throw new Error(`${needed} is missing. Run npm start in the repository once, then pack again.`);
	}
	restore();
	rmSync(at('dist'), { recursive: true, force: true });
	execFileSync(process.execPath, [COMPILER, '-p', at('tsconfig.build.json')], { stdio: 'inherit' });
	copyFileSync(at('..', '..', 'LICENSE'), LICENSE);
	const published = publishedManifest(readJson(MANIFEST));
	renameSync(MANIFEST, KEPT);
	writeFileSync(MANIFEST, `${JSON.stringify(published, null, '  ')}\n`);
}

function publishedManifest(manifest) {
	const { exports, imports } = manifest.publishConfig;
	const dependencies = Object.keys(manifest.dependencies).map((name) => [
		name,
		readJson(at('node_modules', name, 'package.json')).version,
	]);
	const published = { ...manifest, exports, imports, dependencies: Object.fromEntries(dependencies) };
	for (const field of PRIVATE) delete published[field];
	return published;
}

function restore() {
	rmSync(LICENSE, { force: true });
	if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
}

const [command] = process.argv.slice(2);
if (command === 'prepare') prepare();
else if (command === 'restore') restore();
else throw new Error('usage: node scripts/pack.mjs prepare | restore');
