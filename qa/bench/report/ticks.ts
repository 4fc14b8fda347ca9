const STEPS = [1, 2, 2.5, 5, 10];
const MOST_STEPS = 5;

/** From 0 in round steps, a few of them, up to or beyond the most. */
export function niceTicks(most: number): number[] {
	if (!(most > 0)) return [0, 1];
	const magnitude = 10 ** Math.floor(Math.log10(most / MOST_STEPS));
	const step = magnitude * (STEPS.find((one) => one * magnitude * MOST_STEPS >= most * (1 - 1e-9)) ?? 10);
	const count = Math.ceil(most / step - 1e-9);
	return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
