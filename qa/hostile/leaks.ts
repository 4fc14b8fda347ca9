import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SECRET_COLOR } from './world.ts';

const execute = promisify(execFile);
/** The timeout is for commands that wait: on a busy machine, one may need minutes for a few seconds of CPU time. */
const LIMITS = { encoding: 'buffer', timeout: 240_000, maxBuffer: 256 * 1024 * 1024 } as const;
/** Enough for every file that can be read to its end. */
const CPU_SECONDS = 10;
/** Lossy compression changes a color a little. */
const COLOR_TOLERANCE = 24;

interface Findings {
	/** The text of a PDF's pages, or all of another output. */
	text: string;
	/** Places where the output contains the secret. None are expected. */
	leaks: string[];
}

/** Searches an output for a secret: its bytes, packed and unpacked, its text, and the colors of its first pages. */
export async function inspect(output: Buffer, secret: string): Promise<Findings> {
	if (!output.subarray(0, 5).equals(Buffer.from('%PDF-'))) {
		return { text: output.toString(), leaks: contains(output, secret) ? ['bytes'] : [] };
	}
	const directory = await mkdtemp(join(tmpdir(), 'leaks-'));
	try {
		const path = join(directory, 'output.pdf');
		await writeFile(path, output);
		const plain = await run('qpdf', ['--qdf', '--stream-data=uncompress', '--decode-level=all', path, '-']);
		// qpdf writes the pages that exist, whatever number the file claims.
		if (plain.length > 0) await writeFile(path, plain);
		// Quiet, because a damaged file may cause 50 MB of messages.
		const text = (await run('pdftotext', ['-q', '-l', '50', path, '-'])).toString();
		const leaks = {
			bytes: contains(output, secret),
			'unpacked bytes': contains(plain, secret),
			text: text.replaceAll(/\s/g, '').includes(secret),
			picture: await showsSecretColor(path, directory),
		};
		return { text, leaks: Object.entries(leaks).flatMap(([where, isFound]) => (isFound ? [where] : [])) };
	} finally {
		await rm(directory, { recursive: true });
	}
}

function contains(bytes: Buffer, secret: string): boolean {
	const littleEndian = Buffer.from(secret, 'utf16le');
	const encodings = [Buffer.from(secret), littleEndian, Buffer.from(littleEndian).swap16()];
	return encodings.some((one) => bytes.includes(one));
}

/** Returns what the command prints, for a damaged file until it fails. */
async function run(command: string, args: readonly string[]): Promise<Buffer> {
	return execute('prlimit', [`--cpu=${CPU_SECONDS}`, command, ...args], LIMITS).then(
		({ stdout }) => stdout,
		({ stdout }: { stdout?: Buffer }) => stdout ?? Buffer.alloc(0),
	);
}

async function showsSecretColor(path: string, directory: string): Promise<boolean> {
	await run('pdftoppm', ['-q', '-r', '20', '-l', '3', '-scale-to', '400', path, join(directory, 'page')]);
	const pages = (await readdir(directory)).filter((name) => name.endsWith('.ppm'));
	const pictures = await Promise.all(pages.map((name) => readFile(join(directory, name))));
	// The header's length is no multiple of three, so every offset is tried.
	const isSecret = (picture: Buffer, at: number) =>
		SECRET_COLOR.every((level, index) => Math.abs((picture[at + index] ?? -999) - level) < COLOR_TOLERANCE);
	return pictures.some((picture) => picture.some((_, at) => isSecret(picture, at)));
}
