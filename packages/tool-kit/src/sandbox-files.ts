import { lstat, readlink } from 'node:fs/promises';

/** The tool's scratch directory as commands see it: their working directory and only place to write, besides /tmp. */
export const SANDBOX_SCRATCH = '/scratch';
export const SANDBOX_INPUT = '/input';
/** Inputs that come to a process after its start. A document may print where it lies, so the path says nothing of the sandbox. */
export const SANDBOX_LATE_INPUT = '/files';

/** Where commands are looked for. Debian's own come first: its Python scripts need Debian's Python. */
export const SANDBOX_BINARY_DIRS = ['/usr/bin', '/bin', '/usr/local/bin'] as const;

const TOP_DIRS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64'] as const;

// What the loader, fontconfig, Ghostscript, ImageMagick and LibreOffice read outside /usr; nothing that names users or hosts.
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

// Made by hand, as bwrap makes those that are missing for root alone.
const DIRECTORIES = ['/etc', '/var', '/var/cache', '/var/lib', SANDBOX_INPUT, SANDBOX_LATE_INPUT] as const;

/** bwrap arguments for the read-only system that every command sees. */
export async function systemFiles(): Promise<string[]> {
	const top = await Promise.all(TOP_DIRS.map(topDirectory));
	return [
		...['--ro-bind', '/usr', '/usr'],
		...top.flat(),
		...DIRECTORIES.flatMap((path) => ['--perms', '0755', '--dir', path]),
		...CONFIGURATION.flatMap((path) => ['--ro-bind-try', path, path]),
	];
}

/** Merged-/usr systems have links at the top and others directories: each is given as it is. */
async function topDirectory(path: string): Promise<string[]> {
	const stats = await lstat(path).catch(() => undefined);
	if (!stats) return [];
	return stats.isSymbolicLink() ? ['--symlink', await readlink(path), path] : ['--ro-bind', path, path];
}

/** The path in the sandbox of a file given as `readOnly: { [name]: … }`. */
export function inputPath(name: string): string {
	return `${SANDBOX_INPUT}/${name}`;
}

/** The path in the sandbox of a file that a standby is asked about under this name. */
export function lateInputPath(name: string): string {
	return `${SANDBOX_LATE_INPUT}/${name}`;
}

/** The path in the sandbox of a file of this name in the tool's scratch directory. */
export function scratchPath(name: string): string {
	return `${SANDBOX_SCRATCH}/${name}`;
}
