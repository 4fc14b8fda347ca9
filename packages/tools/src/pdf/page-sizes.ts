/** Width and height of a page as shown, in points. */
export type PageSize = [width: number, height: number];

/** Reads `Page    1 size: 595.28 x 841.89 pts (A4)` and the `Page    1 rot:  90` that follows, as pdfinfo prints them. */
export function pageSizeParser() {
	const sizes: PageSize[] = [];
	return {
		sizes,
		takeLine(line: string): void {
			const size = /^Page\s+\d+ size:\s+([\d.]+) x ([\d.]+) pts/.exec(line);
			if (size) sizes.push([Number(size[1]), Number(size[2])]);
			const rotation = /^Page\s+\d+ rot:\s+(\d+)/.exec(line);
			const last = sizes.at(-1);
			if (rotation && last && Number(rotation[1]) % 180 === 90) last.reverse();
		},
	};
}
