/** One measured thing beside others of its kind. */
interface Bar {
	label: string;
	value: number;
	/** The least and the most that was measured, where it was measured more than once. */
	range?: readonly [number, number];
}

export interface BarChart {
	kind: 'bars';
	title: string;
	unit: string;
	bars: readonly Bar[];
}

export interface Line {
	label: string;
	/** By x. */
	points: readonly (readonly [x: number, y: number])[];
}

/** What becomes of something with time. */
export interface LineChart {
	kind: 'lines';
	title: string;
	xUnit: string;
	yUnit: string;
	lines: readonly Line[];
}

export type Chart = BarChart | LineChart;
