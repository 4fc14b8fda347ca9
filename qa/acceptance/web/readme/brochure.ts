import { type Document, fromPostScript } from '../support/documents.ts';

const WIDTH = 1_000;
const HEIGHT = 640;
const TEXT = [
	'A week between the lakes and the first snow, on foot and by train,',
	'with a night in each of the six huts. Paths are marked in red and white;',
	'the long one over the pass is for dry days only.',
];

type Color = readonly [number, number, number];

const SKY: [Color, Color] = [
	[52, 84, 140],
	[255, 186, 128],
];
/** From far to near. */
const HILLS: { height: number; waves: number; phase: number; color: Color }[] = [
	{ height: 0.62, waves: 2.2, phase: 0.4, color: [126, 116, 150] },
	{ height: 0.74, waves: 3.1, phase: 2.1, color: [84, 84, 112] },
	{ height: 0.86, waves: 1.7, phase: 4.0, color: [44, 52, 66] },
];

/** Returns a typical page: an uncompressed photograph, a title and a few lines. */
export function brochure(name: string): Promise<Document> {
	const lines = TEXT.map((line, at) => `48 ${330 - at * 22} moveto (${line}) show`);
	return fromPostScript(
		name,
		[
			'<< /PageSize [595 842] >> setpagedevice',
			`gsave 0 440 translate 595 402 scale ${WIDTH} ${HEIGHT} 8 [${WIDTH} 0 0 -${HEIGHT} 0 ${HEIGHT}]`,
			'currentfile /ASCIIHexDecode filter false 3 colorimage',
			`${photograph().toString('hex')}>`,
			'grestore',
			'/Helvetica-Bold 34 selectfont 48 380 moveto (Autumn in the hills) show',
			'/Helvetica 14 selectfont',
			...lines,
		].join('\n'),
	);
}

/** Hills before an evening sky, with the grain of a camera. */
function photograph(): Buffer {
	const samples = Buffer.alloc(WIDTH * HEIGHT * 3);
	let grain = 1;
	for (let y = 0; y < HEIGHT; y += 1) {
		for (let x = 0; x < WIDTH; x += 1) {
			const color = colorAt(x / WIDTH, y / HEIGHT);
			for (const [channel, value] of color.entries()) {
				grain = (Math.imul(grain, 1_103_515_245) + 12_345) & 0x7fffffff;
				samples[(y * WIDTH + x) * 3 + channel] = Math.max(0, Math.min(255, value + (grain >> 27) - 8));
			}
		}
	}
	return samples;
}

function colorAt(x: number, y: number): Color {
	const hill = HILLS.findLast(({ height, waves, phase }) => {
		const ridge = Math.sin(x * waves * 2 * Math.PI + phase) + 0.4 * Math.sin(x * waves * 5 * Math.PI);
		return y > height + 0.05 * ridge;
	});
	if (hill) return hill.color;
	const isSun = Math.hypot((x - 0.7) * WIDTH, (y - 0.42) * HEIGHT) < 46;
	if (isSun) return [255, 244, 214];
	const [top, bottom] = SKY;
	const depth = Math.min(1, y / 0.66);
	const mix = (channel: 0 | 1 | 2) => top[channel] + (bottom[channel] - top[channel]) * depth;
	return [mix(0), mix(1), mix(2)];
}
