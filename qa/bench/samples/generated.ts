import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { log } from '../log.ts';
import { PYTHON } from '../measure/inspect-pdf.ts';

const BENCH = resolve(import.meta.dirname, '..');
const SCRIPTS = join(BENCH, 'fixtures');
const GENERATED = join(BENCH, '.made');

/** Returns the folder of the generated files, with a manifest. Generates them where a script has changed. */
export function generateFiles(): string {
	const hash = createHash('sha256');
	for (const name of globSync('*.{py,tsv}', { cwd: SCRIPTS }).sort())
		hash.update(readFileSync(join(SCRIPTS, name)));
	const folder = join(GENERATED, hash.digest('hex').slice(0, 16));
	if (existsSync(folder)) return folder;
	log('Generating sample files (takes a minute).');
	rmSync(GENERATED, { recursive: true, force: true });
	const unfinished = `${folder}.unfinished`;
	execFileSync(PYTHON, ['-B', join(SCRIPTS, 'make.py'), unfinished]);
	renameSync(unfinished, folder);
	return folder;
}

/** Returns the path of a large generated file, which the manifest doesn't list. */
export function largeFile(name: 'text_2500_pages' | 'screenshots_25_mb' | 'scan_200_pages'): string {
	return join(generateFiles(), 'large', `${name}.pdf`);
}
