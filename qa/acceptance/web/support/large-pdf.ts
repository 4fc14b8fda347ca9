import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MIB = 1024 * 1024;

export interface LargeFile {
	path: string;
	name: string;
	sizeBytes: number;
	sha256: string;
	remove(): Promise<void>;
}

/** A PDF on disk with one empty page and unused noise of this size, written in chunks. */
export async function largePdf(mib: number, name = 'large.pdf'): Promise<LargeFile> {
	const directory = await mkdtemp(join(tmpdir(), 'creatorr-large-'));
	const path = join(directory, name);
	const file = await open(path, 'w');
	const hash = createHash('sha256');
	let sizeBytes = 0;
	const write = async (bytes: Buffer | string) => {
		const chunk = Buffer.from(bytes);
		hash.update(chunk);
		await file.write(chunk);
		sizeBytes += chunk.length;
	};
	const offsets: number[] = [];
	const object = async (text: string) => {
		offsets.push(sizeBytes);
		await write(`${offsets.length} 0 obj\n${text}\nendobj\n`);
	};
	await write('%PDF-1.4\n');
	await object('<< /Type /Catalog /Pages 2 0 R >>');
	await object('<< /Type /Pages /Kids [3 0 R] /Count 1 >>');
	await object('<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>');
	offsets.push(sizeBytes);
	await write(`4 0 obj\n<< /Length ${mib * MIB} >>\nstream\n`);
	for (let written = 0; written < mib; written += 1) await write(randomBytes(MIB));
	await write('\nendstream\nendobj\n');
	const table = sizeBytes;
	const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
	await write(`xref\n0 5\n0000000000 65535 f \n${rows}trailer\n<< /Size 5 /Root 1 0 R >>\n`);
	await write(`startxref\n${table}\n%%EOF\n`);
	await file.close();
	return {
		path,
		name,
		sizeBytes,
		sha256: hash.digest('hex'),
		remove: () => rm(directory, { recursive: true }),
	};
}
