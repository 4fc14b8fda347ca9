import { createServer } from 'node:http';
import { startTracing } from '@creatorr/telemetry/start-tracing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { bearer, freePort, startTestGateway, startUpstream } from '../testing/gateway.ts';

const TRACE_ID = 'a'.repeat(32);
const GIVEN = { traceparent: `00-${TRACE_ID}-${'b'.repeat(16)}-01` };

let auth: FakeAuth;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
/** What the service was told of the trace, at each request. */
const told: (string | undefined)[] = [];

beforeAll(async () => {
	auth = await startFakeAuth();
	jobs = await startUpstream((req, res) => {
		told.push(req.headers.traceparent as string | undefined);
		res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"data":{}}');
	});
});

afterAll(async () => {
	await jobs.close();
	await auth.close();
});

/** Asks a gateway of this setting once, from within a client's trace; resolves to what the service was told. */
async function ask(env: NodeJS.ProcessEnv): Promise<string | undefined> {
	const gateway = await startTestGateway({ auth, jobsUrl: jobs.url, env });
	const headers = { ...bearer(auth.token()), ...GIVEN };
	expect((await fetch(`${gateway.url}/v1/jobs`, { headers })).status).toBe(200);
	await gateway.stop();
	return told.at(-1);
}

test('where no traces are kept, a client’s is told to nobody', async () => {
	expect(await ask({ TRUST_TRACEPARENT: 'true' })).toBeUndefined();
});

test('where traces are kept, a client’s is gone on with only where clients are trusted', async () => {
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
