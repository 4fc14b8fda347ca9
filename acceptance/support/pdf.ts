import { randomBytes } from 'node:crypto';

/** A PDF with one noisy picture a page: large, and much smaller once its pictures are compressed. */
export function makePdf(options: { pages?: number; pictureSide?: number; ballast?: Buffer } = {}): Buffer {
	const side = options.pictureSide ?? 400;
	const pages = options.pages ?? 1;
	const objects: Buffer[] = [];
	const add = (text: string, stream?: Buffer) => {
		const body = stream
			? Buffer.concat([
					Buffer.from(`${text.replace('>>', `/Length ${stream.length} >>`)}\nstream\n`),
					stream,
					Buffer.from('\nendstream'),
				])
			: Buffer.from(text);
		return objects.push(body);
	};
	add('<< /Type /Catalog /Pages 2 0 R >>');
	const kids = Array.from({ length: pages }, (_, page) => `${3 + page * 3} 0 R`).join(' ');
	add(`<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`);
	for (let page = 0; page < pages; page += 1) {
		const first = 3 + page * 3;
		add(
			`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents ${first + 1} 0 R /Resources << /XObject << /P ${first + 2} 0 R >> >> >>`,
		);
		add('<< >>', Buffer.from('q 300 0 0 300 0 0 cm /P Do Q'));
		add(
			`<< /Type /XObject /Subtype /Image /Width ${side} /Height ${side} /ColorSpace /DeviceRGB /BitsPerComponent 8 >>`,
			cloudyPicture(side),
		);
	}
	// A stream that no page uses.
	if (options.ballast) add('<< >>', options.ballast);
	return assemble(objects);
}

/** Smooth colours with a little noise, as photographs have. */
function cloudyPicture(side: number): Buffer {
	const noise = randomBytes(side * side * 3);
	return Buffer.from(
		noise.map((byte, index) => {
			const pixel = Math.floor(index / 3);
			const x = pixel % side;
			const y = Math.floor(pixel / side);
			return Math.round(110 + 80 * Math.sin(x / 40) * Math.cos(y / 55) + (byte % 24));
		}),
	);
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
