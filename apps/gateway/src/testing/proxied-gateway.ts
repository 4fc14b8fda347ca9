import type { IncomingMessage, ServerResponse } from 'node:http';
import { silent } from '@creatorr/testing/silent';
import { expect } from '@jest/globals';
import { bearer, startFakeAuth } from './fake-auth.ts';
import { startTestGateway } from './gateway.ts';
import { freePort, startUpstream } from './upstream.ts';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** The gateway returns 504 after this time without a byte from a service. */
export const SILENCE_MS = 400;

export const sendEmptyList: Handler = (_req, res) => {
	res.setHeader('Content-Type', 'application/json');
	res.end('{"data":[]}');
};

export type ProxiedGateway = Awaited<ReturnType<typeof startProxiedGateway>>;

/** Starts a gateway in front of `jobs` and `files`, one server whose handler the test sets, and of `billing`, which is down. */
export async function startProxiedGateway() {
	const auth = await startFakeAuth();
	const jobs = await startUpstream((req, res) => {
		world.received.push(req);
		world.handler(req, res);
	});
	const warnings: { event: string; reason?: unknown }[] = [];
	const gateway = await startTestGateway({
		auth,
		jobsUrl: jobs.url,
		filesUrl: jobs.url,
		env: { TRUSTED_PROXIES: '127.0.0.1', BILLING_URL: `http://127.0.0.1:${await freePort()}` },
		limits: { upstreamSilenceMs: SILENCE_MS },
		logger: { ...silent, warn: (event, fields) => warnings.push({ event, ...fields }) },
	});
	const world = {
		auth,
		gateway,
		jobs,
		handler: sendEmptyList,
		/** Requests that the server received. */
		received: [] as IncomingMessage[],
		warnings,
		/** Restores the handler and forgets the requests and warnings. */
		reset() {
			world.handler = sendEmptyList;
			world.received = [];
			warnings.length = 0;
		},
		get: (path: string, headers: Record<string, string> = bearer(auth.token())) =>
			fetch(`${gateway.url}${path}`, { headers }),
		post: (body: string, headers: Record<string, string> = {}) =>
			fetch(`${gateway.url}/v1/jobs`, {
				method: 'POST',
				body,
				headers: { ...bearer(auth.token()), ...headers },
			}),
		async stop() {
			await gateway.stop();
			await jobs.close();
			await auth.close();
		},
	};
	return world;
}

export async function readBody(req: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of req) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

export async function expectError(response: Response, status: number, code: string): Promise<void> {
	expect(response.status).toBe(status);
	const { error } = (await response.json()) as { error: { code: string; request_id: string } };
	expect(error.code).toBe(code);
	expect(response.headers.get('x-request-id')).toBe(error.request_id);
}
