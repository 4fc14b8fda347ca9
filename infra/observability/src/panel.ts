/** A curve of Prometheus' values. */
export interface Query {
	expr: string;
	/** Grafana's template of a curve's name, such as `{{tool}}`. */
	legend: string;
}

export interface Panel {
	title: string;
	/** One of Grafana's units. */
	unit: 'short' | 's' | 'bytes' | 'reqps' | 'percentunit' | 'Bps';
	queries: readonly Query[];
	/** What it means, and what is normal. */
	description: string;
}

export interface Row {
	title: string;
	panels: readonly Panel[];
}

export interface Dashboard {
	/** Part of its address in Grafana and the name of its file. */
	uid: string;
	title: string;
	rows: readonly Row[];
}
