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
/** Exit code of `qpdf --requires-password` for a PDF that needs another password. */
const LOCKED = 0;
const OPENS = 3;

export interface Unlocked {
	/** Path of a PDF that opens without a password: the original, if it is not protected. */
	path: string;
	/** Protects a PDF in the scratch directory like the original. `linearize` writes it for fast web view. */
	reapplyProtection(name: string, options?: { linearize?: boolean }): Promise<void>;
}

/**
 * Removes the password or restrictions of a PDF. Throws a ToolError: `encrypted_input` if a password is needed, `wrong_password` if the
 * given one is wrong.
 */
export async function unlockPdf(
	context: ToolContext,
	path: string,
	password: string | null,
): Promise<Unlocked> {
	const qpdf = (args: readonly string[]) => execWithSecrets(context, path, args);
	// A line break ends an argument in the file, and the rest would become another argument.
	const isOneLine = password !== null && !/[\r\n]/.test(password);
	const secret = isOneLine ? [`--password=${password}`] : [];
	const check = await qpdf([...secret, '--requires-password', inputPath(INPUT)]);
	if (check.exitCode === LOCKED) throw lockedError(password);
	throwOnLimit(check);
	// qpdf has the same exit code for a PDF without protection and for an unreadable file. What reads the file reports the latter.
	if (check.exitCode !== OPENS) return { path, reapplyProtection: async () => {} };
	throwOnUnreadable(await qpdf([...secret, '--decrypt', inputPath(INPUT), scratchPath(UNLOCKED)]));
	return {
		path: join(context.scratchDir, UNLOCKED),
		async reapplyProtection(name, options) {
			const origin = `--copy-encryption=${inputPath(INPUT)}`;
			const secretOfOrigin = isOneLine ? [`--encryption-file-password=${password}`] : [];
			// Weak protection is better than none.
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
 * Protects a PDF in the scratch directory with a user password, and with an owner password forbids everything but printing. Without
 * passwords it stays unchanged.
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
			// An empty owner password would open the PDF without the user's.
			ownerPassword: owner ?? user,
			'256bit': owner === null ? {} : restrictions,
		},
	};
	const path = join(context.scratchDir, name);
	// Unlike a file of arguments, JSON supports passwords of several lines.
	throwOnUnreadable(await execWithFile(context, path, JSON.stringify(job), '--job-json-file='));
	await rename(join(context.scratchDir, PROTECTED), path);
}

function execWithSecrets(context: ToolContext, path: string, args: readonly string[]) {
	return execWithFile(context, path, args.map((arg) => `${arg}\n`).join(''), '@');
}

/** Runs qpdf with arguments from a temporary file, because every process on the machine can read command lines. */
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
		? new ToolError('encrypted_input', 'This PDF is password-protected. Set params.password to its password.')
		: new ToolError(
				'wrong_password',
				'Incorrect password. Check Caps Lock and your keyboard layout, then try again.',
			);
}
