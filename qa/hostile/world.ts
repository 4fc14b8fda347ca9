import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plainPng } from '@creatorr/tools/testing/builders/images';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { docx, paragraph } from '@creatorr/tools/testing/builders/ooxml';
import { listen } from './listeners.ts';

/** What hostile files are after: files of this machine, and somebody who would hear from them. */
export interface World {
	/** In each of the files but the picture, and in this process's environment. */
	secret: string;
	/** Absolute paths of files that any user of this machine can read. */
	files: Readonly<Record<SecretFile, string>>;
	/** Where somebody listens: on loopback, and on each address that this machine has. */
	hosts: readonly string[];
	port: number;
	/** An address where somebody listens, of a file of this name. */
	url(name: string, scheme?: string): string;
	/** Everything that was heard so far; it should be nothing. */
	heard(): readonly string[];
	close(): Promise<void>;
}

export type SecretFile = 'text' | 'html' | 'csv' | 'png' | 'svg' | 'docx' | 'ods' | 'xsl' | 'ps';

export const SECRET_VARIABLE = 'HOSTILE_SECRET';
/** Of the picture; nothing else is of this colour. */
export const SECRET_COLOUR = [231, 13, 187] as const;
/** Not in /tmp, which the sandbox has one of its own of. */
const HOME = '/var/tmp/hostile-';

export async function openWorld(): Promise<World> {
	const secret = `SECRET${randomBytes(12).toString('hex')}`;
	const directory = await mkdtemp(HOME);
	// Also where whoever runs this ends before its end.
	process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
	await chmod(directory, 0o755);
	const files = await plantFiles(directory, secret);
	process.env[SECRET_VARIABLE] = secret;
	const listeners = await listen();
	const url = (name: string, scheme = 'http') => {
		const [host = '127.0.0.1'] = listeners.hosts.slice(-1);
		return `${scheme}://${host}:${listeners.port}/${name}`;
	};
	return {
		...{ secret, files, url },
		...{ hosts: listeners.hosts, port: listeners.port, heard: listeners.heard },
		async close() {
			delete process.env[SECRET_VARIABLE];
			await listeners.close();
			await rm(directory, { recursive: true, force: true });
		},
	};
}

async function plantFiles(directory: string, secret: string): Promise<World['files']> {
	const contents: Record<SecretFile, Buffer | string> = {
		text: `${secret}\n`.repeat(20),
		html: `<html><body><p>${secret}</p></body></html>`,
		csv: `${secret},${secret}\n${secret},1\n`,
		png: plainPng(64, 64, SECRET_COLOUR),
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
