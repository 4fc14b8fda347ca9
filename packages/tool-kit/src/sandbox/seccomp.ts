import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('./seccomp-filter.py', import.meta.url));
const TIMEOUT_MS = 30_000;

let filter: Promise<Buffer> | undefined;

/**
 * Returns the seccomp filter that bwrap loads into every sandbox: it denies system calls that no tool needs. libseccomp compiles
 * it once per process. Rejects with an Error if libseccomp is not installed.
 */
export function seccompFilter(): Promise<Buffer> {
	filter ??= compileFilter().catch((error: unknown) => {
		filter = undefined;
		throw new Error('libseccomp could not make the filter of system calls', { cause: error });
	});
	return filter;
}

async function compileFilter(): Promise<Buffer> {
	const options = { encoding: 'buffer', timeout: TIMEOUT_MS } as const;
	return (await promisify(execFile)('/usr/bin/python3', ['-I', SCRIPT], options)).stdout;
}
