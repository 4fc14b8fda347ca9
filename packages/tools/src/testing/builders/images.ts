import { crc32, deflateSync } from 'node:zlib';

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

interface PngOptions {
	/** 0 gray, 2 colors, 3 palette, 6 colors with transparency. */
	colorType?: number;
	bits?: number;
	/** Compressed pixels; too few of them by default. */
	data?: Buffer;
	extra?: readonly Buffer[];
}

/** Returns a PNG with a claimed size and the given pixels. */
export function png(width: number, height: number, options: PngOptions = {}): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width >>> 0, 0);
	header.writeUInt32BE(height >>> 0, 4);
	header.set([options.bits ?? 8, options.colorType ?? 0], 8);
	const data = options.data ?? deflateSync(Buffer.alloc(1000));
	const more = options.extra ?? [];
	return Buffer.concat([
		PNG_SIGNATURE,
		pngChunk('IHDR', header),
		...more,
		pngChunk('IDAT', data),
		pngChunk('IEND', Buffer.alloc(0)),
	]);
}

/** Returns a complete PNG of one color. */
export function plainPng(
	width: number,
	height: number,
	[red, green, blue]: readonly [number, number, number],
): Buffer {
	const row = Buffer.concat([Buffer.of(0), Buffer.alloc(width * 3, Buffer.of(red, green, blue))]);
	const data = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
	return png(width, height, { colorType: 2, data });
}

export function pngChunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const ends = Buffer.alloc(8);
	ends.writeUInt32BE(data.length, 0);
	ends.writeUInt32BE(crc32(body), 4);
	return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** Returns the head of a baseline JPEG with a claimed size, without image data. */
export function jpegHead(width: number, height: number): Buffer {
	const quantization = Buffer.concat([Buffer.from('ffdb004300', 'hex'), Buffer.alloc(64, 1)]);
	const frame = Buffer.from('ffc0000b0800000000010111 00'.replaceAll(' ', ''), 'hex');
	frame.writeUInt16BE(height, 5);
	frame.writeUInt16BE(width, 7);
	const huffman = Buffer.concat([
		Buffer.from('ffc4001400', 'hex'),
		Buffer.of(1),
		Buffer.alloc(15),
		Buffer.of(0),
	]);
	const scan = Buffer.from('ffda0008010100003f00', 'hex');
	return Buffer.concat([
		Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
		quantization,
		frame,
		huffman,
		scan,
		Buffer.alloc(64),
		Buffer.from('ffd9', 'hex'),
	]);
}

type TiffTags = Readonly<Record<number, number>>;

/** Returns a black-and-white TIFF with these tags and a kilobyte of pixels. `next` is the offset of the next directory. */
export function tiff(width: number, height: number, tags: TiffTags = {}, next = 0): Buffer {
	const all: Record<number, number> = {
		256: width,
		257: height,
		258: 1,
		259: 1,
		262: 1,
		273: 8,
		277: 1,
		278: height,
		279: 1000,
		...tags,
	};
	const entries = Object.entries(all).map(([tag, value]) => {
		const entry = Buffer.alloc(12);
		entry.writeUInt16LE(Number(tag), 0);
		entry.writeUInt16LE(4, 2);
		entry.writeUInt32LE(1, 4);
		entry.writeUInt32LE(value >>> 0, 8);
		return entry;
	});
	const pixels = Buffer.alloc(1000);
	const head = Buffer.from('49492a0000000000', 'hex');
	head.writeUInt32LE(head.length + pixels.length, 4);
	const count = Buffer.alloc(2);
	count.writeUInt16LE(entries.length, 0);
	const end = Buffer.alloc(4);
	end.writeUInt32LE(next, 0);
	return Buffer.concat([head, pixels, count, ...entries, end]);
}

/** Returns the head of a lossless WebP with a claimed size. */
export function webpHead(width: number, height: number): Buffer {
	const bits = Buffer.alloc(5);
	bits[0] = 0x2f;
	bits.writeUInt32LE((((width - 1) & 0x3fff) | (((height - 1) & 0x3fff) << 14)) >>> 0, 1);
	const data = Buffer.concat([bits, Buffer.alloc(59)]);
	return webpOf('VP8L', data);
}

/** Returns a WebP in the extended format whose canvas claims a size of 24 bits. */
export function webpCanvas(width: number, height: number): Buffer {
	const data = Buffer.alloc(10);
	data.writeUIntLE(width - 1, 4, 3);
	data.writeUIntLE(height - 1, 7, 3);
	return webpOf('VP8X', data);
}

function webpOf(chunk: string, data: Buffer): Buffer {
	const sizes = [12 + data.length, data.length].map((size) => {
		const bytes = Buffer.alloc(4);
		bytes.writeUInt32LE(size, 0);
		return bytes;
	});
	return Buffer.concat([
		Buffer.from('RIFF'),
		sizes[0] as Buffer,
		Buffer.from(`WEBP${chunk}`),
		sizes[1] as Buffer,
		data,
	]);
}
