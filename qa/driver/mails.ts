import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, home } from './processes.ts';

const MAIL_MS = 30_000;

export const RESET = 'Set a new creatorr password';
export const VERIFY = 'Verify your email address for creatorr';

/** Returns all mails to this address with this subject, oldest first, from the product's mail directory. */
async function mailsTo(email: string, subject: string): Promise<string[]> {
	const directory = join(home(), 'mail');
	const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.eml')).sort();
	const mails = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
	const wanted = [`To: ${email}\r\n`, `Subject: ${subject}\r\n`];
	return mails.filter((mail) => wanted.every((header) => mail.includes(header)));
}

/** Returns the token of the newest such mail, once there are `count` of them. */
export async function mailedToken(
	email: string,
	subject: string,
	count = 1,
	forMs = MAIL_MS,
): Promise<string> {
	let mails: string[] = [];
	const hasArrived = async () => {
		mails = await mailsTo(email, subject);
		return mails.length >= count;
	};
	await eventually(hasArrived, forMs, `no mail "${subject}" to ${email}`);
	return /#token=([\w-]+)/.exec(mails.at(-1) ?? '')?.[1] ?? '';
}
