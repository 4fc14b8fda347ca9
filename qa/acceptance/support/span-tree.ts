import type { ReceivedSpan } from './otlp-receiver.ts';

export interface SpanNode {
	span: ReceivedSpan;
	children: SpanNode[];
}

/** Returns spans under their parents, in the order of their start. Those whose parent is missing are roots. */
export function spanTree(spans: readonly ReceivedSpan[]): SpanNode[] {
	const nodes = new Map(spans.map((span) => [span.spanId, { span, children: [] as SpanNode[] }]));
	const roots: SpanNode[] = [];
	for (const node of [...nodes.values()].sort((one, other) => one.span.startMs - other.span.startMs))
		(nodes.get(node.span.parentSpanId ?? '')?.children ?? roots).push(node);
	return roots;
}

/** Attributes that are the same in every run; ids are not. */
const SHOWN = ['tool', 'attempt', 'outcome', 'http.response.status_code', 'bytes', 'process.exit.code'];

/** Returns the tree as text: start of each span in ms after the first one, duration, service and name. */
export function renderSpanTree(spans: readonly ReceivedSpan[]): string {
	const fromMs = Math.min(...spans.map((span) => span.startMs));
	const render = ({ span, children }: SpanNode, indent: string): string[] => {
		const { service, name, startMs, endMs, attributes, failed } = span;
		const shown = SHOWN.filter((key) => key in attributes);
		const fields = shown.map((key) => ` ${key.split('.').at(-1)}=${attributes[key]}`).join('');
		const start = (startMs - fromMs).toFixed(0).padStart(7);
		const took = (endMs - startMs).toFixed(1).padStart(8);
		const line = `${start} ${took}  ${indent}${service}: ${name}${fields}${failed ? ' FAILED' : ''}`;
		return [line, ...children.flatMap((child) => render(child, `${indent}  `))];
	};
	const lines = spanTree(spans).flatMap((root) => render(root, ''));
	return `${[' at/ms  took/ms  span', ...lines].join('\n')}\n`;
}
