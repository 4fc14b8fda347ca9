import type { InputReader } from './input-reader.ts';

/** A stream of an OLE compound file, as its directory lists it. */
export interface OleEntry {
	name: string;
	startSector: number;
	sizeBytes: number;
}

export interface OleFile {
	/** Storages and streams anywhere in the file, in directory order; the first is the root. */
	entries: OleEntry[];
	/** Returns the first bytes of a stream, fewer when it is shorter. */
	readStart(entry: OleEntry, lengthBytes: number): Promise<Buffer>;
}

const HEADER_BYTES = 512;
const DIRECTORY_ENTRY_BYTES = 128;
const MINI_SECTOR_BYTES = 64;
const HEADER_FAT_SECTORS = 109;
const END_OF_CHAIN = 0xfffffffa;
const STREAM_OR_STORAGE = [1, 2, 5];

// Bounds against endless chains. Documents have far fewer than the 8,192 directory entries that fit into this many small sectors.
const MAX_DIRECTORY_SECTORS = 2048;
const MAX_CHAIN_SECTORS = 1024;

/** Reads the directory of an OLE compound file (MS-CFB). Throws an Error when the file is not one or is damaged. */
export async function openOle(input: InputReader): Promise<OleFile> {
	const header = await readAt(input, 0, HEADER_BYTES);
	const sectorBytes = 2 ** header.readUInt16LE(30);
	if (sectorBytes !== 512 && sectorBytes !== 4096) throw new Error('OLE: impossible sector size');
	const miniCutoffBytes = header.readUInt32LE(56);
	const sectorOffset = (sector: number) => (sector + 1) * sectorBytes;
	const layout = { sectorOffset, sectorBytes, fileBytes: input.sizeBytes };
	const next = fatReader(input, header, layout);
	const entries = await readDirectory(input, header.readUInt32LE(48), { next, ...layout });
	const root = entries[0];
	if (!root) throw new Error('OLE: no root entry');

	const readBig = async (start: number, lengthBytes: number) => {
		const wanted = Math.ceil(lengthBytes / sectorBytes);
		const chain = await followChain(start, next, Math.min(wanted, MAX_CHAIN_SECTORS));
		const sectors = await Promise.all(chain.map((sector) => input.read(sectorOffset(sector), sectorBytes)));
		return Buffer.concat(sectors).subarray(0, lengthBytes);
	};
	return {
		entries,
		async readStart(entry, lengthBytes) {
			const wantedBytes = Math.min(lengthBytes, entry.sizeBytes);
			if (entry.sizeBytes >= miniCutoffBytes) return readBig(entry.startSector, wantedBytes);
			// Short streams are stored in the root's stream. Callers need only the first mini sector.
			const offset = entry.startSector * MINI_SECTOR_BYTES;
			const mini = await readBig(root.startSector, offset + MINI_SECTOR_BYTES);
			return mini.subarray(offset, offset + Math.min(wantedBytes, MINI_SECTOR_BYTES));
		},
	};
}

interface FatLayout {
	sectorOffset(sector: number): number;
	sectorBytes: number;
	fileBytes: number;
}

interface Layout extends FatLayout {
	next(sector: number): Promise<number>;
}

async function readDirectory(input: InputReader, start: number, layout: Layout): Promise<OleEntry[]> {
	const entries: OleEntry[] = [];
	for (const sector of await followChain(start, layout.next, MAX_DIRECTORY_SECTORS)) {
		const bytes = await readAt(input, layout.sectorOffset(sector), layout.sectorBytes);
		for (let at = 0; at < bytes.length; at += DIRECTORY_ENTRY_BYTES) {
			if (!STREAM_OR_STORAGE.includes(bytes.readUInt8(at + 66))) continue;
			const nameBytes = Math.max(0, Math.min(64, bytes.readUInt16LE(at + 64)) - 2);
			entries.push({
				name: bytes.toString('utf16le', at, at + nameBytes),
				startSector: bytes.readUInt32LE(at + 116),
				sizeBytes: bytes.readUInt32LE(at + 120),
			});
		}
	}
	return entries;
}

async function followChain(start: number, next: Layout['next'], maxSectors: number): Promise<number[]> {
	const chain: number[] = [];
	const seen = new Set<number>();
	for (let sector = start; sector < END_OF_CHAIN && chain.length < maxSectors; sector = await next(sector)) {
		if (seen.has(sector)) throw new Error('OLE: a chain of sectors runs in a circle');
		seen.add(sector);
		chain.push(sector);
	}
	return chain;
}

/**
 * Returns the next sector from the allocation table. The header lists the first 109 sectors of the table, a chain of lists the others.
 * Throws for a sector outside the file: otherwise a file of 2 KB could name a sector so high that finding it would read 250,000 lists.
 */
function fatReader(input: InputReader, header: Buffer, { sectorBytes, sectorOffset, fileBytes }: FatLayout) {
	const perSector = sectorBytes / 4;
	const perList = perSector - 1;
	const lists = [header.readUInt32LE(68)];
	const readItemOfList = sectorReader(input, { sectorBytes, sectorOffset });
	const readItemOfTable = sectorReader(input, { sectorBytes, sectorOffset });
	/** Returns the sector of a list. Reads each list once. */
	const listAt = async (at: number): Promise<number> => {
		let list = lists.at(-1) ?? END_OF_CHAIN;
		while (lists.length <= at) {
			list = await readItemOfList(list, perList);
			lists.push(list);
		}
		return lists[at] ?? END_OF_CHAIN;
	};
	const tableSector = async (index: number): Promise<number> => {
		const listed = index - HEADER_FAT_SECTORS;
		if (listed < 0) return header.readUInt32LE(76 + 4 * index);
		return readItemOfList(await listAt(Math.floor(listed / perList)), listed % perList);
	};
	return async (sector: number): Promise<number> => {
		if (sectorOffset(sector) >= fileBytes) throw new Error('OLE: a sector lies outside the file');
		const table = await tableSector(Math.floor(sector / perSector));
		if (table >= END_OF_CHAIN) throw new Error('OLE: a sector lies outside the allocation table');
		return readItemOfTable(table, sector % perSector);
	};
}

/** Returns a function that reads an item of a sector. It keeps the last sector, as chains mostly stay within one. */
function sectorReader(
	input: InputReader,
	{ sectorBytes, sectorOffset }: Pick<FatLayout, 'sectorBytes' | 'sectorOffset'>,
) {
	let last: { sector: number; bytes: Buffer } = { sector: -1, bytes: Buffer.alloc(0) };
	return async (sector: number, item: number): Promise<number> => {
		if (sector !== last.sector)
			last = { sector, bytes: await readAt(input, sectorOffset(sector), sectorBytes) };
		return last.bytes.readUInt32LE(4 * item);
	};
}

async function readAt(input: InputReader, offset: number, lengthBytes: number): Promise<Buffer> {
	const bytes = await input.read(offset, lengthBytes);
	if (bytes.length < lengthBytes) throw new Error('OLE: the file ends early');
	return bytes;
}
