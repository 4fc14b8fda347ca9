import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { say } from '../say.ts';

const BENCH = resolve(import.meta.dirname, '..');
const SCRIPTS = join(BENCH, 'fixtures');
const MADE = join(BENCH, '.made');

/** Debian's own, which has its own packages. */
const PYTHON = '/usr/bin/python3';

export interface MadeFiles {
	/** A folder with a manifest. */
	folder: string;
	large: { text: string; screenshots: string };
}

/** The bench's own files, made anew only when the code that makes them has changed. */
export async function makeFiles(): Promise<MadeFiles> {
	const folder = join(MADE, await fingerprint());
	if (!existsSync(folder)) {
		say('Generating sample files (takes a minute).');
		await rm(MADE, { recursive: true, force: true });
		const unfinished = `${folder}.unfinished`;
		await promisify(execFile)(PYTHON, [join(SCRIPTS, 'make.py'), unfinished], {
			env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
		});
		await rename(unfinished, folder);
	}
	const large = (name: string) => join(folder, 'large', name);
	return {
		folder,
		large: { text: large('text_2500_pages.pdf'), screenshots: large('screenshots_25_mb.pdf') },
	};
}

async function fingerprint(): Promise<string> {
	const hash = createHash('sha256');
	for (const name of (await readdir(SCRIPTS)).sort()) {
		if (name.endsWith('.py')) hash.update(await readFile(join(SCRIPTS, name)));
	}
	return hash.digest('hex').slice(0, 16);
}
