/** After so long, what was measured has a third of its weight. */
const MEMORY_MS = 4_000;
/** A span so short says nothing: what is sent is told in lumps. */
const MIN_SPAN_MS = 400;

/** Takes what was sent until when; answers bytes per second, smoothed, or undefined while it is too early to say. */
export type Speedometer = (sentBytes: number, atMs: number) => number | undefined;

export function createSpeedometer(): Speedometer {
	let last: { sentBytes: number; atMs: number } | undefined;
	let speed: number | undefined;
	return (sentBytes, atMs) => {
		if (last === undefined || sentBytes < last.sentBytes) {
			// the beginning, or a part that has to be sent once more
			last = { sentBytes, atMs };
			return speed;
		}
		const spanMs = atMs - last.atMs;
		if (spanMs < MIN_SPAN_MS) return speed;
		const measured = ((sentBytes - last.sentBytes) / spanMs) * 1_000;
		const weightOfOld = Math.exp(-spanMs / MEMORY_MS);
		speed = speed === undefined ? measured : speed * weightOfOld + measured * (1 - weightOfOld);
		last = { sentBytes, atMs };
		return speed;
	};
}

/** Undefined where nobody can say: no speed yet, or none. */
export function timeLeftMs(leftBytes: number, bytesPerSecond: number | undefined): number | undefined {
	if (bytesPerSecond === undefined || bytesPerSecond < 1) return undefined;
	return (leftBytes / bytesPerSecond) * 1_000;
}
