import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DOC, DOCX, ODT, PDF, XLS } from '@creatorr/tool-kit/files/media-types';
import { oleFile } from '@creatorr/tool-kit/testing/ole-file';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { onePage } from '@creatorr/tools/testing/builders/pdf';
import { type Expected, type Family, fails, type HostileCase } from '../hostile-case.ts';
import { CORRUPT, casesFor, forOffice, SHOWS_MARK } from './case-tables.ts';

const ENCRYPTED = fails('encrypted_input');
const WRONG_PASSWORD = fails('wrong_password');

/** Files that need a password, or claim to. */
export const encrypted: Family = {
	name: 'encrypted',
	cases: () => [...pdfs('compress_heavy'), ...pdfs('ocr'), ...documents()],
};

/** Returns a PDF that qpdf has encrypted. */
async function encryptedPdf(userPassword: string, bits: number): Promise<Buffer> {
	const directory = await mkdtemp(join(tmpdir(), 'encrypted-'));
	try {
		const [source, target] = [join(directory, 'in.pdf'), join(directory, 'out.pdf')];
		await writeFile(source, onePage({}));
		const passwords = [userPassword, 'owner', String(bits)];
		await promisify(execFile)('qpdf', [
			'--allow-weak-crypto',
			'--encrypt',
			...passwords,
			'--',
			source,
			target,
		]);
		return await readFile(target);
	} finally {
		await rm(directory, { recursive: true });
	}
}

function pdfs(tool: string): HostileCase[] {
	const nonsense =
		'/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /O (x) /U (y) /P -1 >> /ID [<00> <00>]';
	const of = (name: string, expected: Expected, make: HostileCase['make'], password?: string) => {
		const params = password === undefined ? {} : { params: { password } };
		const declared = { fileName: 'a.pdf', mimeType: PDF, ...params };
		return casesFor(tool, declared, expected, { [`${name}, for ${tool}`]: make });
	};
	const strong = () => encryptedPdf('user', 256);
	return [
		...of('no password', ENCRYPTED, strong),
		...of('weak, no password', ENCRYPTED, () => encryptedPdf('user', 40)),
		...of('a wrong password', WRONG_PASSWORD, strong, 'another'),
		...of('a password like an option', WRONG_PASSWORD, strong, '--help\n@/etc/passwd'),
		...of('an owner’s password alone', SHOWS_MARK, () => encryptedPdf('', 128)),
		...of('encryption that makes no sense', CORRUPT, () => onePage({ trailer: nonsense })),
	];
}

function documents(): HostileCase[] {
	/** An OLE stream that begins so. */
	const stream = (hex: string) => Buffer.concat([Buffer.from(hex, 'hex')], 5000);
	const emptyPackage = () =>
		oleFile({ EncryptedPackage: Buffer.alloc(5000), EncryptionInfo: Buffer.alloc(60) });
	const pathWithEncryption =
		'x"/><manifest:encryption-data manifest:checksum="0"/><manifest:file-entry manifest:full-path="y';
	const withPassword = { fileName: 'a', mimeType: DOCX, params: { password: 'secret' } };
	return [
		...forOffice(DOCX, ENCRYPTED, { 'an encrypted package that is empty': emptyPackage }),
		...casesFor('office_to_pdf', withPassword, WRONG_PASSWORD, {
			'an encrypted package that is empty, with a password': emptyPackage,
		}),
		...forOffice(DOC, ENCRYPTED, {
			'a Word file that says it is encrypted': () =>
				oleFile({ WordDocument: stream('eca5c1000000000000000001') }),
		}),
		...forOffice(XLS, ENCRYPTED, {
			'an Excel file that says it is encrypted': () =>
				oleFile({ Workbook: stream('09081000000605000000000000000000000000002f000600000000000000') }),
		}),
		...forOffice(ODT, SHOWS_MARK, {
			'an odt that says so of nothing': () => odf('text', { types: { [pathWithEncryption]: '' } }),
		}),
	];
}
