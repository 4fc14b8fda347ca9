import type { ReceivedSpan } from './otlp-receiver.ts';

export interface SpanNode {
	span: ReceivedSpan;
	children: SpanNode[];
}

/** Spans under their parents, in the order in which they began; those whose parent is not among them are roots. */
export function spanTree(spans: readonly ReceivedSpan[]): SpanNode[] {
	const nodes = new Map(spans.map((span) => [span.spanId, { span, children: [] as SpanNode[] }]));
	const roots: SpanNode[] = [];
	for (const node of [...nodes.values()].sort((one, other) => one.span.startMs - other.span.startMs)) {
		const parent = nodes.get(node.span.parentSpanId ?? '');
		(parent ? parent.children : roots).push(node);
	}
	return roots;
}

/** Says enough beside the name; ids differ from run to run. */
const SHOWN = ['tool', 'attempt', 'outcome', 'http.response.status_code', 'bytes', 'process.exit.code'];

function lineOf({ span }: SpanNode, fromMs: number, indent: string): string {
	const words = SHOWN.filter((key) => key in span.attributes).map(
		(key) => `${key.split('.').at(-1)}=${span.attributes[key]}`,
	);
	const what = `${indent}${span.service}: ${span.name}`;
	const when = `${(span.startMs - fromMs).toFixed(0)}`.padStart(7);
	const took = `${(span.endMs - span.startMs).toFixed(1)}`.padStart(8);
	return [`${when} ${took}  ${what}`, ...words, ...(span.failed ? ['FAILED'] : [])].join(' ');
}

/** The tree as text: when each span began, in ms from the first one, how long it took, whose it is, what it is. */
export function renderSpanTree(spans: readonly ReceivedSpan[]): string {
	const fromMs = Math.min(...spans.map((span) => span.startMs));
	const lines: string[] = [' at/ms  took/ms  span'];
	const add = (node: SpanNode, indent: string) => {
		lines.push(lineOf(node, fromMs, indent));
		for (const child of node.children) add(child, `${indent}  `);
	};
	for (const root of spanTree(spans)) add(root, '');
	return `${lines.join('\n')}\n`;
}
