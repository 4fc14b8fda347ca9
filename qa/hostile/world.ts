import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plainPng } from '@creatorr/tools/testing/builders/images';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { docx, paragraph } from '@creatorr/tools/testing/builders/ooxml';
import { z } from 'zod';
import { listen } from './listeners.ts';

/** What hostile files try to reach: files of this host, and listeners on its addresses. */
export type World = Awaited<ReturnType<typeof openWorld>>;

export const SECRET_FILE = z.enum(['text', 'html', 'csv', 'png', 'svg', 'docx', 'ods', 'xsl', 'ps']);
type SecretFile = z.infer<typeof SECRET_FILE>;

export const SECRET_VARIABLE = 'HOSTILE_SECRET';
/** The color of the picture, and of nothing else. */
export const SECRET_COLOR = [231, 13, 187] as const;
/** Not in /tmp: the sandbox has its own. */
const HOME = '/var/tmp/hostile-';

export async function openWorld() {
	const secret = `SECRET${randomBytes(12).toString('hex')}`;
	const directory = await mkdtemp(HOME);
	// Also removed when this process exits early.
	process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
	await chmod(directory, 0o755);
	const files = await plantFiles(directory, secret);
	process.env[SECRET_VARIABLE] = secret;
	const { hosts, port, received, close } = await listen();
	return {
		/** In each of the files except the picture, and in this process's environment. */
		secret,
		/** Absolute paths of files that every user of this host can read. */
		files,
		/** Addresses with a listener: loopback, and each address of this host. */
		hosts,
		port,
		/** Returns every connection and query so far. None are expected. */
		received,
		/** Returns the URL of a file of this name at a listener. */
		url: (name: string, scheme = 'http') => `${scheme}://${hosts.at(-1)}:${port}/${name}`,
		async close() {
			delete process.env[SECRET_VARIABLE];
			await close();
			await rm(directory, { recursive: true, force: true });
		},
	};
}

async function plantFiles(directory: string, secret: string): Promise<Record<SecretFile, string>> {
	const contents: Record<SecretFile, Buffer | string> = {
		text: `${secret}\n`.repeat(20),
		html: `<html><body><p>${secret}</p></body></html>`,
		csv: `${secret},${secret}\n${secret},1\n`,
		png: plainPng(64, 64, SECRET_COLOR),
		svg: `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="50"><text x="5" y="30">${secret}</text></svg>`,
		docx: docx({ body: paragraph(secret) }),
		ods: odf('spreadsheet', {
			body: `<table:table-row><table:table-cell office:value-type="string"><text:p>${secret}</text:p></table:table-cell></table:table-row>`,
		}),
		xsl: `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><html><body>${secret}</body></html></xsl:template></xsl:stylesheet>`,
		ps: `%!PS\n/Helvetica findfont 12 scalefont setfont 40 40 moveto (${secret}) show showpage`,
	};
	const paths = Object.entries(contents).map(async ([kind, content]) => {
		const path = join(directory, `secret.${kind === 'text' ? 'txt' : kind}`);
		await writeFile(path, content, { mode: 0o644 });
		return [kind, path] as const;
	});
	return Object.fromEntries(await Promise.all(paths)) as Record<SecretFile, string>;
}
