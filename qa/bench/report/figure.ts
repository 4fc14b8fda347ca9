import type { Chart } from './chart.ts';

/** A measured number, and the bar that it is held to. */
export interface Figure {
	name: string;
	/** NaN where nothing could be measured. */
	value: number;
	unit?: string;
	bar?: { atMost: number } | { atLeast: number };
}

/** Undefined without a bar or without a value. */
export function isMet({ value, bar }: Figure): boolean | undefined {
	if (!bar || Number.isNaN(value)) return undefined;
	return 'atMost' in bar ? value <= bar.atMost : value >= bar.atLeast;
}

/** All that was measured of one thing. */
export interface Section {
	title: string;
	figures: Figure[];
	/** A row for each file, or round, with the same names in each. */
	files: Record<string, string | number>[];
	charts?: Chart[];
}
