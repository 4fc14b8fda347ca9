import { createServer, type IncomingMessage } from 'node:http';

/** What OTLP over HTTP in JSON says of a span, as far as it is looked at here. */
interface WireSpan {
	traceId: string;
	spanId: string;
	parentSpanId?: string;
	name: string;
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
	resourceSpans: {
		resource: { attributes: WireAttribute[] };
		scopeSpans: { spans: WireSpan[] }[];
	}[];
}

export interface ReceivedSpan {
	service: string;
	traceId: string;
	spanId: string;
	parentSpanId: string | undefined;
	name: string;
	/** As OTLP counts them: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
	kind: number;
	startMs: number;
	endMs: number;
	attributes: Record<string, string | number | boolean>;
	failed: boolean;
}

const FAILED = 2;

function readAttributes(wire: readonly WireAttribute[] = []): ReceivedSpan['attributes'] {
	return Object.fromEntries(
		wire.map(({ key, value }) => {
			const { stringValue, intValue, doubleValue, boolValue } = value;
			return [
				key,
				stringValue ?? (intValue === undefined ? (doubleValue ?? boolValue ?? '') : Number(intValue)),
			];
		}),
	);
}

function readSpan(service: string, wire: WireSpan): ReceivedSpan {
	return {
		service,
		traceId: wire.traceId,
		spanId: wire.spanId,
		parentSpanId: wire.parentSpanId || undefined,
		name: wire.name,
		kind: wire.kind,
		startMs: Number(BigInt(wire.startTimeUnixNano) / 1_000n) / 1_000,
		endMs: Number(BigInt(wire.endTimeUnixNano) / 1_000n) / 1_000,
		attributes: readAttributes(wire.attributes),
		failed: wire.status?.code === FAILED,
	};
}

function readSpans({ resourceSpans }: WireTraces): ReceivedSpan[] {
	return resourceSpans.flatMap(({ resource, scopeSpans }) => {
		const service = String(readAttributes(resource.attributes)['service.name']);
		return scopeSpans.flatMap(({ spans }) => spans.map((span) => readSpan(service, span)));
	});
}

async function readBody(req: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of req) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}

/** A collector of traces that keeps in memory what it is sent. */
export async function startOtlpReceiver(port: number) {
	const spans: ReceivedSpan[] = [];
	const server = createServer(async (req, res) => {
		const body = await readBody(req);
		if (req.url === '/v1/traces') spans.push(...readSpans(JSON.parse(body)));
		res.writeHead(req.url === '/v1/traces' ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return {
		/** Of a trace, what has come so far. */
		spansOf: (traceId: string) => spans.filter((span) => span.traceId === traceId),
		async stop(): Promise<void> {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
