import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SECRET_COLOUR } from './world.ts';

const execute = promisify(execFile);
const TIMEOUT_MS = 60_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** Compression with losses changes a colour a little. */
const ALIKE = 24;

interface Findings {
	/** The text of a PDF's pages, or what other outputs say. */
	text: string;
	/** Ways in which the output tells what it should not; none, as it should be. */
	leaks: string[];
}

/** Looks for a secret in an output: in its bytes, packed or not, in its text, and in the colours of its first pages. */
export async function inspect(output: Buffer, secret: string): Promise<Findings> {
	if (!output.subarray(0, 5).equals(Buffer.from('%PDF-'))) {
		return { text: output.toString(), leaks: inBytes(output, secret) ? ['bytes'] : [] };
	}
	const directory = await mkdtemp(join(tmpdir(), 'leaks-'));
	try {
		const path = join(directory, 'output.pdf');
		await writeFile(path, output);
		const plain = await unpacked(path);
		// Written anew, a file has no more pages than there are, and no fewer.
		if (plain.length > 0) await writeFile(path, plain);
		const text = await textOf(path);
		const leaks = [
			...(inBytes(output, secret) ? ['bytes'] : []),
			...(inBytes(plain, secret) ? ['unpacked bytes'] : []),
			...(text.replaceAll(/\s/g, '').includes(secret) ? ['text'] : []),
			...((await hasSecretColour(path, directory)) ? ['picture'] : []),
		];
		return { text, leaks };
	} finally {
		await rm(directory, { recursive: true });
	}
}

function inBytes(bytes: Buffer, secret: string): boolean {
	const little = Buffer.from(secret, 'utf16le');
	return [Buffer.from(secret), little, Buffer.from(little).swap16()].some((one) => bytes.includes(one));
}

async function run(command: string, args: readonly string[]): Promise<Buffer> {
	const options = { encoding: 'buffer', timeout: TIMEOUT_MS, maxBuffer: MAX_BYTES } as const;
	return execute(command, args, options).then(
		({ stdout }) => stdout,
		// A file that is damaged tells what it can.
		({ stdout }: { stdout?: Buffer }) => stdout ?? Buffer.alloc(0),
	);
}

async function textOf(path: string): Promise<string> {
	return (await run('pdftotext', ['-l', '50', path, '-'])).toString();
}

async function unpacked(path: string): Promise<Buffer> {
	return run('qpdf', ['--qdf', '--stream-data=uncompress', '--decode-level=all', path, '-']);
}

async function hasSecretColour(path: string, directory: string): Promise<boolean> {
	await run('pdftoppm', ['-r', '20', '-l', '3', '-scale-to', '400', path, join(directory, 'page')]);
	const pictures = (await readdir(directory)).filter((name) => name.endsWith('.ppm'));
	for (const name of pictures) if (hasColour(await readFile(join(directory, name)))) return true;
	return false;
}

function hasColour(picture: Buffer): boolean {
	const [red, green, blue] = SECRET_COLOUR;
	const near = (value: number | undefined, wanted: number) => Math.abs((value ?? 0) - wanted) < ALIKE;
	// Behind the header, whose length is not a multiple of three: each way to count is tried.
	for (let at = 0; at + 2 < picture.length; at += 1) {
		if (near(picture[at], red) && near(picture[at + 1], green) && near(picture[at + 2], blue)) return true;
	}
	return false;
}
