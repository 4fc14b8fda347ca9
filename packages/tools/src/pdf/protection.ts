import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inputPath, scratchPath } from '@creatorr/tool-kit/sandbox/paths';
import { writeNew } from '@creatorr/tool-kit/scratch/scratch';
import type { ToolContext } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { throwOnLimit } from '../command-failure.ts';
import { throwOnUnreadable } from './qpdf.ts';

const INPUT = 'input.pdf';
const ARGUMENTS = 'arguments';
const UNLOCKED = 'unlocked.pdf';
const PROTECTED = 'protected.pdf';
/** What `qpdf --requires-password` answers. */
const LOCKED = 0;
const OPENS = 3;

export interface Unlocked {
	/** A PDF that every program opens: the original, where nothing protects it. */
	path: string;
	/** Protects a PDF in the scratch directory as the original was; `linearize` writes it for a quick first page. */
	protectAlike(name: string, options?: { linearize?: boolean }): Promise<void>;
}

/**
 * Opens a PDF that a password protects, or that opens without one but forbids things. Throws a ToolError: `encrypted_input`
 * where a password is needed, `wrong_password` where it is another.
 */
export async function unlockPdf(
	context: ToolContext,
	path: string,
	password: string | null,
): Promise<Unlocked> {
	const qpdf = (args: readonly string[]) => execWithSecrets(context, path, args);
	// A line ends an argument in the file: what is behind it would be taken for another.
	const isOneLine = password !== null && !/[\r\n]/.test(password);
	const secret = isOneLine ? [`--password=${password}`] : [];
	const check = await qpdf([...secret, '--requires-password', inputPath(INPUT)]);
	if (check.exitCode === LOCKED) throw lockedError(password);
	throwOnLimit(check);
	// Also said of what can't be read at all, which whoever reads it finds out.
	if (check.exitCode !== OPENS) return { path, protectAlike: async () => {} };
	throwOnUnreadable(await qpdf([...secret, '--decrypt', inputPath(INPUT), scratchPath(UNLOCKED)]));
	return {
		path: join(context.scratchDir, UNLOCKED),
		async protectAlike(name, options) {
			const origin = `--copy-encryption=${inputPath(INPUT)}`;
			const secretOfOrigin = isOneLine ? [`--encryption-file-password=${password}`] : [];
			// What was protected weakly is better protected weakly than not at all.
			const args = [
				'--allow-weak-crypto',
				origin,
				...secretOfOrigin,
				...(options?.linearize ? ['--linearize'] : []),
				scratchPath(name),
				scratchPath(PROTECTED),
			];
			const result = await qpdf(args);
			throwOnUnreadable(result);
			await rename(join(context.scratchDir, PROTECTED), join(context.scratchDir, name));
		},
	};
}

interface Passwords {
	user_password: string | null;
	owner_password: string | null;
}

/**
 * Locks a PDF in the scratch directory with a user password, and with an owner password forbids everything but to print it.
 * Without any it stays as it is.
 */
export async function protectPdf(context: ToolContext, name: string, passwords: Passwords): Promise<void> {
	const { user_password: user, owner_password: owner } = passwords;
	if (user === null && owner === null) return;
	const restrictions = { print: 'full', modify: 'none', extract: 'n', accessibility: 'y' };
	const job = {
		inputFile: inputPath(INPUT),
		outputFile: scratchPath(PROTECTED),
		encrypt: {
			userPassword: user ?? '',
			// An empty one would open the PDF without the user's.
			ownerPassword: owner ?? user,
			'256bit': owner === null ? {} : restrictions,
		},
	};
	const path = join(context.scratchDir, name);
	// JSON takes passwords of several lines, which a file of arguments does not.
	throwOnUnreadable(await execWithFile(context, path, JSON.stringify(job), '--job-json-file='));
	await rename(join(context.scratchDir, PROTECTED), path);
}

function execWithSecrets(context: ToolContext, path: string, args: readonly string[]) {
	return execWithFile(context, path, args.map((arg) => `${arg}\n`).join(''), '@');
}

/** Command lines can be read by everybody on the machine, so the arguments are in a file of ours, for that time only. */
async function execWithFile(context: ToolContext, path: string, content: string, option: string) {
	const file = join(context.scratchDir, ARGUMENTS);
	await writeNew(file, content);
	try {
		return await context.exec('qpdf', [`${option}${inputPath(ARGUMENTS)}`], {
			readOnly: { [INPUT]: path, [ARGUMENTS]: file },
		});
	} finally {
		await rm(file, { force: true });
	}
}

function lockedError(password: string | null): ToolError {
	return password === null
		? new ToolError('encrypted_input', 'This PDF is password-protected. Enter its password and try again.')
		: new ToolError(
				'wrong_password',
				'Incorrect password. Check Caps Lock and your keyboard layout, then try again.',
			);
}
