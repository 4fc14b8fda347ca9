import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fail } from './fail.mjs';
import { REPOSITORY, run } from './run.mjs';
import { requireWritable } from './writable.mjs';

const NODE_MAJOR = 24;
const LOCATED = join(REPOSITORY, 'node_modules', '.creatorr', 'toolchain.json');

/** package.json is the one place that pins pnpm. */
const { packageManager } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
const pnpmVersion = packageManager.slice('pnpm@'.length);
const packages = [`node@${NODE_MAJOR}`, packageManager];

/** Whether this process runs on the Node, and finds the pnpm, that the project is pinned to. */
export function toolchainFits() {
	if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) return false;
	// started by ourselves, on what locateToolchain found
	if (process.env.CREATORR_WRAPPED !== undefined) return true;
	const { stdout } = spawnSync('pnpm', ['--version'], {
		// outside the repository, where neither pnpm nor corepack fetches another version of itself first
		cwd: '/',
		env: { ...process.env, COREPACK_ENABLE_NETWORK: '0', COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' },
		encoding: 'utf8',
	});
	return stdout?.trim() === pnpmVersion;
}

/**
 * Installs the pinned Node and pnpm into npm's cache, unless they are there.
 * @returns {Promise<{ node: string, binDirectory: string }>} the Node, and the directory that has it and pnpm
 */
export async function locateToolchain() {
	const known = readLocated();
	if (known !== undefined) return known;
	requireWritable(process.env.npm_config_cache ?? join(homedir(), '.npm'));
	process.stdout.write(
		`Getting ${packages.join(' and ')} from the registry (this machine has Node ${process.versions.node}).\n`,
	);
	const { code, output } = await run(
		'npx',
		[
			'--yes',
			...packages.map((name) => `--package=${name}`),
			'--',
			'node',
			'-p',
			'process.execPath + ":" + process.env.PATH',
		],
		{ cwd: '/', capture: true },
	);
	const [node, ...path] = output.trim().split(':');
	const binDirectory = path.find((directory) => isExecutable(join(directory, 'pnpm')));
	if (code !== 0 || binDirectory === undefined) {
		fail(`npx could not install ${packages.join(' and ')} (see above): is the npm registry reachable?`);
	}
	const located = { packages, node, binDirectory };
	mkdirSync(dirname(LOCATED), { recursive: true });
	writeFileSync(LOCATED, JSON.stringify(located));
	return located;
}

/** Asking npx costs a second at every start; its cache may be cleaned at any time, so the files must still be there. */
function readLocated() {
	try {
		const located = JSON.parse(readFileSync(LOCATED, 'utf8'));
		const fits = located.packages.join() === packages.join();
		return fits && isExecutable(located.node) && isExecutable(join(located.binDirectory, 'pnpm'))
			? located
			: undefined;
	} catch {
		return undefined;
	}
}

function isExecutable(path) {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
