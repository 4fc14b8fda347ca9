import { randomBytes } from 'node:crypto';

/** A PDF that shows one noisy picture on every page: large, and much smaller once the picture is compressed. */
export function makePdf(options: { pages?: number; pictureSide?: number; ballast?: Buffer } = {}): Buffer {
	const side = options.pictureSide ?? 400;
	const pages = options.pages ?? 1;
	const kids = Array.from({ length: pages }, (_, page) => `${page + 5} 0 R`).join(' ');
	const page =
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 3 0 R /Resources << /XObject << /P 4 0 R >> >> >>';
	const picture = `/Type /XObject /Subtype /Image /Width ${side} /Height ${side} /ColorSpace /DeviceRGB /BitsPerComponent 8`;
	return assemble([
		Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
		Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`),
		streamObject('', Buffer.from('q 300 0 0 300 0 0 cm /P Do Q')),
		streamObject(picture, cloudyPicture(side)),
		...Array.from({ length: pages }, () => Buffer.from(page)),
		// Bytes that no page uses.
		...(options.ballast ? [streamObject('', options.ballast)] : []),
	]);
}

function streamObject(entries: string, bytes: Buffer): Buffer {
	return Buffer.concat([
		Buffer.from(`<< ${entries} /Length ${bytes.length} >>\nstream\n`),
		bytes,
		Buffer.from('\nendstream'),
	]);
}

/** Smooth colours with a little noise, as photographs have. */
function cloudyPicture(side: number): Buffer {
	const picture = randomBytes(side * side * 3);
	for (let y = 0; y < side; y += 1) {
		for (let x = 0; x < side; x += 1) {
			const colour = 110 + 80 * Math.sin(x / 40) * Math.cos(y / 55);
			for (let at = (y * side + x) * 3, end = at + 3; at < end; at += 1) {
				picture[at] = colour + ((picture[at] ?? 0) % 24);
			}
		}
	}
	return picture;
}

function assemble(objects: Buffer[]): Buffer {
	const chunks = [Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
	const offsets: number[] = [];
	let length = chunks[0]?.length ?? 0;
	for (const [index, object] of objects.entries()) {
		offsets.push(length);
		const chunk = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
		chunks.push(chunk);
		length += chunk.length;
	}
	const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
	chunks.push(
		Buffer.from(
			`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`,
		),
	);
	return Buffer.concat(chunks);
}
