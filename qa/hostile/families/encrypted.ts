import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DOC, DOCX, ODT, PDF, XLS } from '@creatorr/tool-kit/files/media-types';
import { oleFile } from '@creatorr/tool-kit/testing/ole-file';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { onePage } from '@creatorr/tools/testing/builders/pdf';
import { type Family, fails, type HostileCase, succeeds } from '../hostile-case.ts';

/** A PDF locked by qpdf, with these passwords. */
async function locked(user: string, owner: string, bits: number): Promise<Buffer> {
	const directory = await mkdtemp(join(tmpdir(), 'locked-'));
	try {
		const [source, target] = [join(directory, 'in.pdf'), join(directory, 'out.pdf')];
		await writeFile(source, onePage({}));
		const args = ['--allow-weak-crypto', '--encrypt', user, owner, String(bits), '--', source, target];
		await promisify(execFile)('qpdf', args);
		return await readFile(target);
	} finally {
		await rm(directory, { recursive: true });
	}
}

/** Files that need a password, or say so. */
export const encrypted: Family = {
	name: 'encrypted',
	cases: () => [...pdfs(), ...documents()],
};

function pdfs(): HostileCase[] {
	const pdf = { fileName: 'a.pdf', mimeType: PDF } as const;
	const nonsense =
		'/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /O (x) /U (y) /P -1 >> /ID [<00> <00>]';
	return (['compress_heavy', 'ocr'] as const).flatMap((tool): HostileCase[] => [
		{
			name: `no password, for ${tool}`,
			tool,
			...pdf,
			make: () => locked('user', 'owner', 256),
			expected: fails('encrypted_input'),
		},
		{
			name: `weak, no password, for ${tool}`,
			tool,
			...pdf,
			make: () => locked('user', 'owner', 40),
			expected: fails('encrypted_input'),
		},
		{
			name: `a wrong password, for ${tool}`,
			tool,
			...pdf,
			make: () => locked('user', 'owner', 256),
			params: { password: 'another' },
			expected: fails('wrong_password'),
		},
		{
			name: `a password like an option, for ${tool}`,
			tool,
			...pdf,
			make: () => locked('user', 'owner', 256),
			params: { password: '--help\n@/etc/passwd' },
			expected: fails('wrong_password'),
		},
		{
			name: `an owner’s password alone, for ${tool}`,
			tool,
			...pdf,
			make: () => locked('', 'owner', 128),
			expected: succeeds(/Harmless/),
		},
		{
			name: `encryption that makes no sense, for ${tool}`,
			tool,
			...pdf,
			make: () => onePage({ trailer: nonsense }),
			expected: fails('corrupt_input'),
		},
	]);
}

function documents(): HostileCase[] {
	const of = (name: string, mimeType: string, make: () => Buffer, password?: string): HostileCase => ({
		...{ name, tool: 'office_to_pdf', fileName: 'a', mimeType, make, params: password ? { password } : {} },
		expected: fails(password ? 'wrong_password' : 'encrypted_input'),
	});
	const packaged = () => oleFile({ EncryptedPackage: Buffer.alloc(5000), EncryptionInfo: Buffer.alloc(60) });
	const word = () => {
		const stream = Buffer.alloc(5000);
		stream.set(Buffer.from('eca5c100', 'hex'));
		stream[11] = 1;
		return oleFile({ WordDocument: stream });
	};
	const excel = () => {
		const stream = Buffer.alloc(5000);
		stream.set(Buffer.from('09081000000605000000000000000000000000002f000600000000000000', 'hex'));
		return oleFile({ Workbook: stream });
	};
	const text = () =>
		odf('text', {
			types: {
				'x"/><manifest:encryption-data manifest:checksum="0"/><manifest:file-entry manifest:full-path="y': '',
			},
		});
	return [
		of('an encrypted package that is empty', DOCX, packaged),
		of('an encrypted package that is empty, with a password', DOCX, packaged, 'secret'),
		of('a Word file that says it is encrypted', DOC, word),
		of('an Excel file that says it is encrypted', XLS, excel),
		{ ...of('an odt that says so of nothing', ODT, text), expected: succeeds(/Harmless/) },
	];
}
