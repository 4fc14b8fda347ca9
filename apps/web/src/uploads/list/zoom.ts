/** Zoom factors of the preview. The stylesheet has a width for each. */
const ZOOMS = [1, 1.5, 2, 3] as const;

/** Returns the next zoom factor in a direction; undefined at the end. */
export function zoomed(zoom: number, direction: 1 | -1): number | undefined {
	return direction === 1 ? ZOOMS.find((one) => one > zoom) : ZOOMS.findLast((one) => one < zoom);
}
