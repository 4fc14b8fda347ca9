import { text } from 'node:stream/consumers';
import { startHttpServer } from '../../driver/http-server.ts';

/** The fields of a span in OTLP over HTTP with JSON that tests read. */
interface WireSpan {
	traceId: string;
	spanId: string;
	parentSpanId?: string;
	name: string;
	/** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
	kind: number;
	startTimeUnixNano: string;
	endTimeUnixNano: string;
	attributes?: WireAttribute[];
	status?: { code?: number };
}

interface WireAttribute {
	key: string;
	value: { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean };
}

interface WireTraces {
	resourceSpans: { resource: { attributes: WireAttribute[] }; scopeSpans: { spans: WireSpan[] }[] }[];
}

export interface ReceivedSpan
	extends Pick<WireSpan, 'traceId' | 'spanId' | 'parentSpanId' | 'name' | 'kind'> {
	service: string;
	startMs: number;
	endMs: number;
	attributes: Record<string, string | number | boolean>;
	failed: boolean;
}

const FAILED = 2;

function readAttributes(wire: readonly WireAttribute[] = []): ReceivedSpan['attributes'] {
	const toValue = ({ stringValue, intValue, doubleValue, boolValue }: WireAttribute['value']) =>
		stringValue ?? (intValue === undefined ? (doubleValue ?? boolValue ?? '') : Number(intValue));
	return Object.fromEntries(wire.map(({ key, value }) => [key, toValue(value)]));
}

const toMs = (unixNano: string) => Number(BigInt(unixNano) / 1_000n) / 1_000;

function readSpans({ resourceSpans }: WireTraces): ReceivedSpan[] {
	return resourceSpans.flatMap(({ resource, scopeSpans }) => {
		const service = String(readAttributes(resource.attributes)['service.name']);
		const spans = scopeSpans.flatMap((scope) => scope.spans);
		return spans.map(({ startTimeUnixNano, endTimeUnixNano, attributes, status, ...span }) => ({
			...span,
			service,
			startMs: toMs(startTimeUnixNano),
			endMs: toMs(endTimeUnixNano),
			attributes: readAttributes(attributes),
			failed: status?.code === FAILED,
		}));
	});
}

/** Starts a collector of traces that stores the received spans in memory. */
export async function startOtlpReceiver(port: number) {
	const spans: ReceivedSpan[] = [];
	const { stop } = await startHttpServer(async (req, res) => {
		const isTraces = req.url === '/v1/traces';
		const body = await text(req);
		if (isTraces) spans.push(...readSpans(JSON.parse(body)));
		res.writeHead(isTraces ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
	}, port);
	return {
		/** Returns the spans of a trace that have arrived so far. */
		spansOf: (traceId: string) => spans.filter((span) => span.traceId === traceId),
		stop,
	};
}
