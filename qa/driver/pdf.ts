import { randomBytes } from 'node:crypto';
import { rawPdf } from '@creatorr/tools/testing/builders/pdf';

/** Returns a PDF with one noisy picture on every page: large, and much smaller once the picture is compressed. */
export function makePdf(options: { pages?: number; pictureSide?: number; ballast?: Buffer } = {}): Buffer {
	const { pages = 1, pictureSide: side = 400, ballast } = options;
	const kids = Array.from({ length: pages }, (_, page) => `${page + 5} 0 R`).join(' ');
	const page =
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 3 0 R /Resources << /XObject << /P 4 0 R >> >> >>';
	const picture = `/Type /XObject /Subtype /Image /Width ${side} /Height ${side} /ColorSpace /DeviceRGB /BitsPerComponent 8`;
	return rawPdf({
		objects: [
			'<< /Type /Catalog /Pages 2 0 R >>',
			`<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`,
			{ dictionary: '', stream: 'q 300 0 0 300 0 0 cm /P Do Q' },
			{ dictionary: picture, stream: cloudyPicture(side) },
			...Array.from({ length: pages }, () => page),
			// Bytes that no page uses.
			...(ballast ? [{ dictionary: '', stream: ballast }] : []),
		],
	});
}

/** Returns smooth colors with a little noise, as photographs have. */
function cloudyPicture(side: number): Buffer {
	const picture = randomBytes(side * side * 3);
	const columns = Array.from({ length: side }, (_, x) => Math.sin(x / 40));
	const rows = Array.from({ length: side }, (_, y) => Math.cos(y / 55));
	// Without a global, such as Math, which Jest looks up in the context of the test file each time.
	for (let y = 0; y < side; y += 1) {
		for (let x = 0; x < side; x += 1) {
			const color = 110 + 80 * (columns[x] ?? 0) * (rows[y] ?? 0);
			for (let at = (y * side + x) * 3, end = at + 3; at < end; at += 1)
				picture[at] = color + ((picture[at] ?? 0) % 24);
		}
	}
	return picture;
}
