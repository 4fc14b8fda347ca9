import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
	name: string | Buffer;
	content: Buffer | string;
	/** Stored instead of deflated. */
	stored?: boolean;
	/** Size in the directory, if it is false. */
	claimedBytes?: number;
	/** General purpose flags. */
	flags?: number;
	/** Compressed bytes for a content of `claimedBytes`. */
	packed?: Buffer;
}

const DEFLATED = 8;
const UTF8_NAMES = 0x0800;

/** Returns a ZIP file of these entries. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
	const { bytes, directory } = zipParts(entries);
	return Buffer.concat([
		bytes,
		...directory,
		endOf(entries.length, Buffer.concat(directory).length, bytes.length),
	]);
}

/** Returns a ZIP file whose directory has the same part under every name: small to store, large to unpack. */
export function overlappingZip(first: readonly ZipEntry[], part: ZipEntry, names: readonly string[]): Buffer {
	const before = zipParts(first);
	const { header, name, data } = localPart(part);
	const start = before.bytes.length;
	const body = Buffer.concat([before.bytes, Buffer.from('PK\x03\x04'), header, name, data]);
	const directory = [
		...before.directory,
		...names.map((alias) => {
			const fields = Buffer.from(header);
			fields.writeUInt16LE(Buffer.byteLength(alias), 22);
			return directoryPart(fields, Buffer.from(alias), start);
		}),
	];
	const count = first.length + names.length;
	return Buffer.concat([body, ...directory, endOf(count, Buffer.concat(directory).length, body.length)]);
}

function zipParts(entries: readonly ZipEntry[]): { bytes: Buffer; directory: Buffer[] } {
	const chunks: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const entry of entries) {
		const { header, name, data } = localPart(entry);
		directory.push(directoryPart(header, name, offset));
		const bytes = Buffer.concat([Buffer.from('PK\x03\x04'), header, name, data]);
		chunks.push(bytes);
		offset += bytes.length;
	}
	return { bytes: Buffer.concat(chunks), directory };
}

function localPart(entry: ZipEntry): { header: Buffer; name: Buffer; data: Buffer } {
	const content = Buffer.from(entry.content as string);
	const name = Buffer.from(entry.name as string);
	const data = entry.packed ?? (entry.stored ? content : deflateRawSync(content));
	const header = Buffer.alloc(26);
	header.writeUInt16LE(20, 0);
	header.writeUInt16LE(UTF8_NAMES | (entry.flags ?? 0), 2);
	header.writeUInt16LE(entry.stored ? 0 : DEFLATED, 4);
	header.writeUInt16LE(0x21, 8);
	header.writeUInt32LE(crc32(content), 10);
	header.writeUInt32LE(data.length, 14);
	header.writeUInt32LE(entry.claimedBytes ?? content.length, 18);
	header.writeUInt16LE(name.length, 22);
	return { header, name, data };
}

function directoryPart(header: Buffer, name: Buffer, offset: number): Buffer {
	const tail = Buffer.alloc(14);
	tail.writeUInt32LE(offset, 10);
	return Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), header, tail, name]);
}

function endOf(count: number, directoryBytes: number, offset: number): Buffer {
	const end = Buffer.alloc(22);
	end.write('PK\x05\x06', 'latin1');
	end.writeUInt16LE(count & 0xffff, 8);
	end.writeUInt16LE(count & 0xffff, 10);
	end.writeUInt32LE(directoryBytes, 12);
	end.writeUInt32LE(offset, 16);
	return end;
}
