import { createServer } from 'node:http';
import { startTracing } from '@creatorr/telemetry/start-tracing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bearer, type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway } from '../testing/gateway.ts';
import { freePort, startUpstream } from '../testing/upstream.ts';

const TRACE_ID = 'a'.repeat(32);
const GIVEN = { traceparent: `00-${TRACE_ID}-${'b'.repeat(16)}-01` };

let auth: FakeAuth;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
/** The traceparents that the service received. */
const traceparents: (string | undefined)[] = [];

beforeAll(async () => {
	auth = await startFakeAuth();
	jobs = await startUpstream((req, res) => {
		traceparents.push(req.headers.traceparent as string | undefined);
		res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"data":{}}');
	});
});

afterAll(async () => {
	await jobs.close();
	await auth.close();
});

/** Sends a request in a client's trace to a gateway with this setting. Resolves to the traceparent that the service received. */
async function ask(env: NodeJS.ProcessEnv): Promise<string | undefined> {
	const gateway = await startTestGateway({ auth, jobsUrl: jobs.url, env });
	const headers = { ...bearer(auth.token()), ...GIVEN };
	expect((await fetch(`${gateway.url}/v1/jobs`, { headers })).status).toBe(200);
	await gateway.stop();
	return traceparents.at(-1);
}

test('a gateway without an exporter forwards no traceparent', async () => {
	expect(await ask({ TRUST_TRACEPARENT: 'true' })).toBeUndefined();
});

test('a gateway with an exporter continues a client’s trace only if it trusts clients', async () => {
	const collector = createServer((req, res) => req.resume().on('end', () => res.end('{}')));
	const port = await freePort();
	await new Promise<void>((resolve) => collector.listen(port, '127.0.0.1', resolve));
	process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`;
	const tracing = await startTracing('gateway');
	const own = await ask({});
	expect(own).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
	expect(own).not.toContain(TRACE_ID);
	expect(await ask({ TRUST_TRACEPARENT: 'true' })).toContain(TRACE_ID);
	await tracing.stop();
	delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
	collector.closeAllConnections();
	await new Promise((resolve) => collector.close(resolve));
});
