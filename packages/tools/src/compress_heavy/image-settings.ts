/** How images are recompressed. */
export interface ImageSettings {
	/** Colour and grey images of a higher resolution are brought down to this one. */
	dpi: number;
	/** The same for black-and-white images, which stay sharp only at more. */
	bilevelDpi: number;
	/** Ghostscript's measure of JPEG quantisation: lower is better and larger. */
	qFactor: number;
}

// Between these points both run straight. At 70 text in scans is still crisp on a screen at twice its size.
const POINTS: readonly { quality: number; dpi: number; qFactor: number }[] = [
	{ quality: 1, dpi: 50, qFactor: 2.4 },
	{ quality: 40, dpi: 100, qFactor: 1.1 },
	{ quality: 70, dpi: 150, qFactor: 0.5 },
	{ quality: 100, dpi: 300, qFactor: 0.15 },
];

/** What a quality from 1 to 100 means for images. */
export function imageSettings(quality: number): ImageSettings {
	const upper = POINTS.find((point) => point.quality >= quality) ?? POINTS[POINTS.length - 1];
	const lower = POINTS.findLast((point) => point.quality <= quality) ?? POINTS[0];
	if (!upper || !lower) throw new Error('no points');
	const span = upper.quality - lower.quality;
	const share = span === 0 ? 0 : (quality - lower.quality) / span;
	const between = (low: number, high: number) => low + share * (high - low);
	const dpi = Math.round(between(lower.dpi, upper.dpi));
	return { dpi, bilevelDpi: 2 * dpi, qFactor: Number(between(lower.qFactor, upper.qFactor).toFixed(3)) };
}
