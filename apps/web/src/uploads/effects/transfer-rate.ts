/** After this time a measurement has a third of its weight. */
const TIME_CONSTANT_MS = 4_000;
/** Shorter spans are not measured, because progress is reported in jumps. */
const MIN_SPAN_MS = 400;

/** Takes the bytes sent so far; returns the smoothed bytes per second, or undefined while it is too early to tell. */
type RateMeter = (sentBytes: number, atMs: number) => number | undefined;

export function createRateMeter(): RateMeter {
	let last: { sentBytes: number; atMs: number } | undefined;
	let rate: number | undefined;
	return (sentBytes, atMs) => {
		if (last === undefined || sentBytes < last.sentBytes) {
			// the start, or a part that is sent again
			last = { sentBytes, atMs };
			return rate;
		}
		const spanMs = atMs - last.atMs;
		if (spanMs < MIN_SPAN_MS) return rate;
		const measured = ((sentBytes - last.sentBytes) / spanMs) * 1_000;
		const oldWeight = Math.exp(-spanMs / TIME_CONSTANT_MS);
		rate = rate === undefined ? measured : rate * oldWeight + measured * (1 - oldWeight);
		last = { sentBytes, atMs };
		return rate;
	};
}

/** Returns the remaining time in ms; undefined without a known rate above 0. */
export function timeLeftMs(leftBytes: number, bytesPerSecond: number | undefined): number | undefined {
	if (bytesPerSecond === undefined || bytesPerSecond < 1) return undefined;
	return (leftBytes / bytesPerSecond) * 1_000;
}
