import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const KIB = 1024;
const MIB = 1024 ** 2;

/** Real memory in MiB of every process of the product that is alive, by name; without what each has started. */
export function readMemory(home: string): Map<string, number> {
	const memory = new Map<string, number>();
	for (const file of globSync('run/*.pid', { cwd: home }).sort()) {
		const kib = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${read(join(home, file)).trim()}/status`))?.[1];
		if (kib !== undefined) memory.set(basename(file, '.pid'), (Number(kib) * KIB) / MIB);
	}
	return memory;
}

function read(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		// it ended meanwhile
		return '';
	}
}
