import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fail } from './fail.mjs';
import { REPOSITORY, run } from './run.mjs';
import { requireWritable } from './writable.mjs';

const STAMP = join(REPOSITORY, 'node_modules', '.creatorr', 'installed');

/** Installs exactly what the lockfile says, unless that was done already. */
export async function installDependencies() {
	const wanted = fingerprint();
	if (readStamp() === wanted) return;
	requireWritable(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'));
	process.stdout.write('Installing dependencies.\n');
	const { code, signal } = await run('pnpm', [
		'install',
		'--frozen-lockfile',
		// whatever NODE_ENV says: the tools that check and generate are development dependencies
		'--prod=false',
		'--loglevel=error',
		'--config.confirmModulesPurge=false',
	]);
	if (signal !== null) process.exit(1);
	if (code !== 0) fail('pnpm could not install the dependencies (see above).');
	mkdirSync(dirname(STAMP), { recursive: true });
	writeFileSync(STAMP, wanted);
}

/** Of everything that decides what pnpm puts into node_modules. */
function fingerprint() {
	const hash = createHash('sha256');
	for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) {
		hash.update(readFileSync(join(REPOSITORY, file)));
	}
	return hash.digest('hex');
}

function readStamp() {
	try {
		return readFileSync(STAMP, 'utf8');
	} catch {
		return undefined;
	}
}
