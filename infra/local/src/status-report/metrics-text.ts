/** One value of a process, as Prometheus would read it. */
export type Sample = { name: string; labels: Record<string, string>; value: number };

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

function readLabels(text: string | undefined): Record<string, string> {
	const labels: Record<string, string> = {};
	for (const [, name = '', value = ''] of (text ?? '').matchAll(LABEL))
		labels[name] = value.replaceAll(/\\(.)/g, '$1');
	return labels;
}

/** The values of Prometheus's text format; comments and what can't be read are left out. */
export function parseMetrics(text: string): Sample[] {
	return text.split('\n').flatMap((line) => {
		const [, name, labels, value] = SAMPLE.exec(line) ?? [];
		if (name === undefined || value === undefined) return [];
		return [{ name, labels: readLabels(labels), value: Number(value) }];
	});
}
