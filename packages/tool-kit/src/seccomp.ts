import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('./seccomp/filter.py', import.meta.url));
const TIMEOUT_MS = 30_000;

let filter: Promise<Buffer> | undefined;

/**
 * The system calls that no tool needs, as a program for the kernel, which bwrap loads into every sandbox. libseccomp writes it,
 * once a process. Rejects with an Error where that is not installed.
 */
export function seccompFilter(): Promise<Buffer> {
	filter ??= makeFilter().catch((error: unknown) => {
		filter = undefined;
		throw new Error('libseccomp could not make the filter of system calls', { cause: error });
	});
	return filter;
}

async function makeFilter(): Promise<Buffer> {
	const options = { encoding: 'buffer', timeout: TIMEOUT_MS } as const;
	return (await promisify(execFile)('/usr/bin/python3', ['-I', SCRIPT], options)).stdout;
}
