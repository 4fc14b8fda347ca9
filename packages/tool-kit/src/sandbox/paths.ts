import { lstat, readlink } from 'node:fs/promises';

/** The tool's scratch directory as commands see it: their working directory. Besides it they can write only to `/tmp` and `/dev/shm`. */
export const SANDBOX_SCRATCH = '/scratch';
export const SANDBOX_INPUT = '/input';
/** Directory of a prewarmed process's inputs. A document may print its own path, so this one reveals nothing about the sandbox. */
export const SANDBOX_PREWARMED_INPUT = '/files';

/** The search path of commands. Debian's directories come first: its Python scripts need Debian's Python. */
export const SANDBOX_BINARY_DIRS = ['/usr/bin', '/bin', '/usr/local/bin'] as const;

const TOP_DIRS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64'] as const;

// Files that the loader, fontconfig, Ghostscript, ImageMagick and LibreOffice read outside /usr; none names users or hosts.
const CONFIGURATION = [
	'/etc/ld.so.cache',
	'/etc/ld.so.conf',
	'/etc/ld.so.conf.d',
	'/etc/alternatives',
	'/etc/fonts',
	'/etc/ghostscript',
	'/etc/ImageMagick-6',
	'/etc/ImageMagick-7',
	'/etc/libreoffice',
	'/etc/magic',
	'/etc/mime.types',
	'/etc/papersize',
	'/etc/paperspecs',
	'/var/cache/fontconfig',
	'/var/lib/ghostscript',
	'/var/lib/libreoffice',
] as const;

// Created explicitly, as bwrap creates missing directories for root alone.
const DIRECTORIES = [
	'/etc',
	'/var',
	'/var/cache',
	'/var/lib',
	SANDBOX_INPUT,
	SANDBOX_PREWARMED_INPUT,
] as const;

/** Returns the bwrap arguments for the read-only system that every command sees. */
export async function systemFiles(): Promise<string[]> {
	const top = await Promise.all(TOP_DIRS.map(topDirectory));
	return [
		...['--ro-bind', '/usr', '/usr'],
		...top.flat(),
		...DIRECTORIES.flatMap((path) => ['--perms', '0755', '--dir', path]),
		...CONFIGURATION.flatMap((path) => ['--ro-bind-try', path, path]),
	];
}

/** Keeps the links of systems with merged /usr, and the directories of others. */
async function topDirectory(path: string): Promise<string[]> {
	const stats = await lstat(path).catch(() => undefined);
	if (!stats) return [];
	return stats.isSymbolicLink() ? ['--symlink', await readlink(path), path] : ['--ro-bind', path, path];
}

/** Returns the path in the sandbox of a file of `readOnly: { [name]: … }`. */
export function inputPath(name: string): string {
	return `${SANDBOX_INPUT}/${name}`;
}

/** Returns the path in the sandbox of a file that a request to a prewarmed process names. */
export function prewarmedInputPath(name: string): string {
	return `${SANDBOX_PREWARMED_INPUT}/${name}`;
}

/** Returns the path in the sandbox of a file in the tool's scratch directory. */
export function scratchPath(name: string): string {
	return `${SANDBOX_SCRATCH}/${name}`;
}
