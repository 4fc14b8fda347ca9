import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { createClient, type Job, JobError } from '../src/index.ts';
import { collectGarbage } from './support/collect-garbage.ts';
import {
	type Handle,
	readBody,
	reply,
	replyError,
	startServer,
	type TestServer,
} from './support/start-server.ts';
import { waitUntil } from './support/wait-until.ts';

let server: TestServer;
afterEach(() => server.stop());

const job = (status: Job['status'], progress: number, more: Partial<Job> = {}) => ({
	id: 'job_1',
	tool: 'ocr',
	input_file_id: 'fil_1',
	params: {},
	created_at: '2026-01-01T00:00:00Z',
	status,
	progress,
	...more,
});
const RESULT = { bytes_in: 2, bytes_out: 1, duration_ms: 1, warnings: [] };
const DONE = job('succeeded', 100, { output_file_id: 'fil_2', result: RESULT });

function openStream(response: ServerResponse): (state: object) => void {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	return (state) => response.write(`event: job\ndata: ${JSON.stringify(state)}\n\n`);
}

async function clientOf(handle: Handle, token?: string) {
	server = await startServer(handle);
	return createClient({ baseUrl: server.url, token });
}

async function collect(states: AsyncIterable<Job>): Promise<string[]> {
	const seen: string[] = [];
	for await (const { status, progress } of states) seen.push(`${status} ${progress}`);
	return seen;
}

test('watch yields each change once, until the job is terminal', async () => {
	const { jobs } = await clientOf((_, response) => {
		const send = openStream(response);
		for (const state of [job('queued', 0), job('queued', 0), job('running', 40), DONE]) send(state);
		response.end();
	});
	expect(await collect(jobs.watch('job_1'))).toEqual(['queued 0', 'running 40', 'succeeded 100']);
});

test('watch reconnects after a stream ends early or breaks, and yields nothing twice', async () => {
	let streams = 0;
	const { jobs } = await clientOf((_, response) => {
		streams += 1;
		const send = openStream(response);
		send(job('running', streams === 3 ? 70 : 40));
		if (streams === 1) response.end();
		else if (streams === 2) setImmediate(() => response.destroy());
		else response.end(`event: job\ndata: ${JSON.stringify(DONE)}\n\n`);
	});
	expect(await collect(jobs.watch('job_1'))).toEqual(['running 40', 'running 70', 'succeeded 100']);
});

test('watch sends short requests while the user has too many open streams', async () => {
	const paths: string[] = [];
	const { jobs } = await clientOf((request, response) => {
		paths.push(request.url ?? '');
		if (!request.url?.endsWith('/events'))
			return reply(response, 200, { data: job('running', paths.length) });
		if (paths.length < 4) return replyError(response, 429, 'rate_limited', { 'retry-after': '0' });
		openStream(response)(DONE);
		response.end();
	}, 'mine');
	expect(await collect(jobs.watch('job_1'))).toEqual(['running 2', 'running 4', 'succeeded 100']);
	const [stream, get] = ['/v1/jobs/job_1/events', '/v1/jobs/job_1'];
	expect(paths).toEqual([stream, get, stream, get, stream]);
});

test('get retries a short request after a rate limit, but not a long poll', async () => {
	const paths: string[] = [];
	const { jobs } = await clientOf((request, response) => {
		paths.push(request.url ?? '');
		if (paths.length <= 2) return replyError(response, 429, 'rate_limited', { 'retry-after': '0' });
		reply(response, 200, { data: DONE });
	}, 'mine');
	await expect(jobs.get('job_1', { waitSeconds: 20 })).rejects.toMatchObject({ code: 'rate_limited' });
	expect(await jobs.get('job_1')).toMatchObject({ status: 'succeeded' });
	expect(paths).toEqual(['/v1/jobs/job_1?wait=20', '/v1/jobs/job_1', '/v1/jobs/job_1']);
});

test.each<[string, (response: ServerResponse) => unknown]>([
	['another response arrives', (response) => reply(response, 200, { data: 'no stream' })],
	[
		'the stream ends without an event',
		(response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
	],
	['no response arrives', () => undefined],
])('watch polls where streams don’t get through: %s', async (_, answerStream) => {
	const states = [job('queued', 0), job('running', 10), DONE];
	const waits: (string | null)[] = [];
	const { jobs } = await clientOf((request, response) => {
		const url = new URL(request.url ?? '', 'http://far.end');
		if (url.pathname.endsWith('/events')) return answerStream(response);
		waits.push(url.searchParams.get('wait'));
		reply(response, 200, { data: states.shift() });
	});
	expect(await collect(jobs.watch('job_1'))).toEqual(['queued 0', 'running 10', 'succeeded 100']);
	expect(waits).toEqual([null, '20', '20']);
});

test('watch ends with the reason of an abort, and cancels the stream', async () => {
	let isOpen = false;
	const { jobs } = await clientOf((request, response) => {
		isOpen = true;
		request.socket.on('close', () => {
			isOpen = false;
		});
		openStream(response)(job('running', 5));
	});
	const controller = new AbortController();
	const watching = (async () => {
		for await (const { progress } of jobs.watch('job_1', { signal: controller.signal })) {
			// Garbage collection has removed the request that opened the stream by then.
			if (progress === 5) void collectGarbage().then(() => controller.abort(new Error('enough')));
		}
	})();
	await expect(watching).rejects.toThrow('enough');
	await waitUntil(() => !isOpen);
});

test('watch cancels the stream when its consumer stops', async () => {
	let isOpen = false;
	const { jobs } = await clientOf((request, response) => {
		isOpen = true;
		request.socket.on('close', () => {
			isOpen = false;
		});
		openStream(response)(job('running', 5));
	});
	for await (const state of jobs.watch('job_1')) {
		expect([state.progress, isOpen]).toEqual([5, true]);
		break;
	}
	await waitUntil(() => !isOpen);
});

test('watch rejects at once for an unknown job', async () => {
	const { jobs } = await clientOf((_, response) => replyError(response, 404, 'not_found'));
	await expect(jobs.wait('job_1')).rejects.toMatchObject({ name: 'ApiError', code: 'not_found' });
});

test('wait reports each change and resolves to the terminal job, also if it failed', async () => {
	const failed = job('failed', 20, { error_code: 'corrupt_input', error_message: 'It is damaged.' });
	const { jobs } = await clientOf((_, response) => {
		const send = openStream(response);
		send(job('running', 20));
		send(failed);
	});
	const changes: string[] = [];
	const ended = await jobs.wait('job_1', { onChange: ({ status }) => changes.push(status) });
	expect(ended).toEqual(failed);
	expect(changes).toEqual(['running', 'failed']);
});

test('wait retries while the API is down', async () => {
	let calls = 0;
	const { jobs } = await clientOf((_, response) => {
		calls += 1;
		if (calls < 6) return replyError(response, 503, 'upstream_unavailable', { 'retry-after': '0' });
		openStream(response)(DONE);
	});
	expect(await jobs.wait('job_1')).toEqual(DONE);
});

const created = {
	id: 'job_1',
	tool: 'ocr',
	status: 'queued',
	progress: 0,
	input_file_id: 'fil_1',
	params: {},
};

test('run resolves to the job and its output, and reports the job from its creation', async () => {
	const { run } = await clientOf((request, response) => {
		if (request.url === '/v1/jobs') return reply(response, 201, { data: created });
		if (request.url === '/v1/files/fil_2') return reply(response, 200, { data: { id: 'fil_2' } });
		openStream(response)(DONE);
	});
	const states: string[] = [];
	const result = await run({ tool: 'ocr', fileId: 'fil_1', onJob: ({ status }) => states.push(status) });
	expect(result).toEqual({ job: DONE, output: { id: 'fil_2' } });
	expect(states).toEqual(['queued', 'succeeded']);
});

test.each([
	[
		job('failed', 3, { error_code: 'timeout', error_message: 'It took too long.' }),
		'timeout',
		'It took too long.',
	],
	[job('canceled', 3), 'canceled', 'the job was canceled'],
])('run rejects with JobError when the job fails or is canceled', async (end, code, message) => {
	const { run } = await clientOf((request, response) => {
		if (request.method === 'POST') return reply(response, 201, { data: created });
		openStream(response)(end);
	});
	const running = run({ tool: 'ocr', fileId: 'fil_1' });
	await expect(running).rejects.toBeInstanceOf(JobError);
	await expect(running).rejects.toMatchObject({ code, message, job: end });
});

test('run retries job creation with the same key', async () => {
	const keys: unknown[] = [];
	const { run } = await clientOf(async (request, response) => {
		if (request.method === 'POST') {
			keys.push(request.headers['idempotency-key']);
			await readBody(request);
			return keys.length < 5 ? request.socket.destroy() : reply(response, 201, { data: created });
		}
		if (request.url === '/v1/files/fil_2') return reply(response, 200, { data: { id: 'fil_2' } });
		openStream(response)(DONE);
	});
	await run({ tool: 'ocr', fileId: 'fil_1', params: { languages: ['deu'] } });
	expect([keys.length, new Set(keys).size]).toEqual([5, 1]);
	expect(String(keys[0])).toMatch(/^[\w-]{20,}$/);
});

test.each([true, false])('an aborted run cancels its job only on request: %s', async (cancelOnAbort) => {
	const canceled: unknown[] = [];
	const { run } = await clientOf((request, response) => {
		if (request.url?.endsWith('/cancel')) {
			canceled.push(request.url);
			return reply(response, 200, { data: job('canceled', 0) });
		}
		if (request.method === 'POST') return reply(response, 201, { data: created });
		openStream(response)(job('running', 1));
	});
	const controller = new AbortController();
	const running = run({
		tool: 'ocr',
		fileId: 'fil_1',
		signal: controller.signal,
		cancelOnAbort,
		onJob: ({ status }) => {
			if (status === 'running') controller.abort(new Error('enough'));
		},
	});
	await expect(running).rejects.toThrow('enough');
	expect(canceled).toEqual(cancelOnAbort ? ['/v1/jobs/job_1/cancel'] : []);
});

test('an abort while the job is being created cancels the job', async () => {
	const controller = new AbortController();
	const keys = new Set<unknown>();
	let isCanceled = false;
	const { run } = await clientOf((request, response) => {
		if (request.url?.endsWith('/cancel')) {
			isCanceled = true;
			return reply(response, 200, { data: job('canceled', 0) });
		}
		const isFirst = keys.size === 0;
		keys.add(request.headers['idempotency-key']);
		if (isFirst) return controller.abort(new Error('enough'));
		reply(response, 201, { data: created });
	});
	const running = run({ tool: 'ocr', fileId: 'fil_1', signal: controller.signal, cancelOnAbort: true });
	await expect(running).rejects.toThrow('enough');
	expect([isCanceled, keys.size]).toEqual([true, 1]);
});
