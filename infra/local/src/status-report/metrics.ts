/** The samples of a scrape. */
export type Metrics = { name: string; labels: Record<string, string>; value: number }[];

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Parses Prometheus's text format; leaves out comments. */
export function parseMetrics(text: string): Metrics {
	return text.split('\n').flatMap((line) => {
		const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
		if (name === undefined) return [];
		const pairs = [...labels.matchAll(LABEL)].map(([, label, quoted]) => [
			label,
			quoted?.replaceAll(/\\(.)/g, '$1'),
		]);
		return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
	});
}
