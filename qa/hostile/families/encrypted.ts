import { DOC, DOCX, ODT, PDF, XLS } from '@creatorr/tool-kit/files/media-types';
import { oleFile } from '@creatorr/tool-kit/testing/ole-file';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { onePage } from '@creatorr/tools/testing/builders/pdf';
import { transform } from '@creatorr/tools/testing/command';
import type { Expected, Family, HostileCase } from '../hostile-case.ts';
import { casesFor, forOffice, SHOWS_MARK } from './case-tables.ts';

const ENCRYPTED = 'encrypted_input';
const WRONG_PASSWORD = 'wrong_password';

/** Files that need a password, or claim to. */
export const encrypted: Family = {
	name: 'encrypted',
	cases: () => [...pdfs('compress_heavy'), ...pdfs('ocr'), ...documents()],
};

/** Returns a PDF that qpdf has encrypted. */
function encryptedPdf(userPassword: string, bits: number): Promise<Buffer> {
	const encryption = ['--allow-weak-crypto', '--encrypt', userPassword, 'owner', String(bits), '--'];
	return transform(onePage({}), 'qpdf', [...encryption, '{in}', '{out}']);
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
		...of('encryption that makes no sense', 'corrupt_input', () => onePage({ trailer: nonsense })),
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
