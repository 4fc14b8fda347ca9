/** A series of a panel. */
export interface Query {
	expr: string;
	/** Grafana's template of the series' name, such as `{{tool}}`. */
	legend: string;
}

export interface Panel {
	title: string;
	/** A unit of Grafana. */
	unit: 'short' | 's' | 'bytes' | 'reqps' | 'percentunit' | 'Bps';
	queries: readonly Query[];
	/** What the panel shows, and what is normal. */
	description: string;
}

export interface Row {
	title: string;
	panels: readonly Panel[];
}

export interface Dashboard {
	/** Part of its URL in Grafana, and the name of its file. */
	uid: string;
	title: string;
	rows: readonly Row[];
}
