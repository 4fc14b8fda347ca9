import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { call, newPerson } from '../driver/client.ts';
import { finishJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';
import { eventually, home } from '../driver/processes.ts';
import { type ReceivedSpan, startOtlpReceiver } from './support/otlp-receiver.ts';
import { renderSpanTree, type SpanNode, spanTree } from './support/span-tree.ts';

/** The port to which the product under test sends traces. It samples only those that a client requests. */
const PORT = Number(process.env.TEST_OTLP_PORT);
const SERVER = 2;
const CLIENT = 3;

/** Spans that may be the only ones of the trace in their process, because chance decides which replica does what. */
const SENT_APART = [
	['gateway', 'createJob'],
	['jobs', 'createJob'],
	['files', 'checkInput'],
	['jobs', 'job.requested publish'],
	['tool-worker', 'job.requested process'],
	['jobs', 'claimJob'],
	['files', 'openInput'],
	['files', 'createOutput'],
	['jobs', 'job.finished process'],
	['files', 'publishOutput'],
] as const;

let receiver: Awaited<ReturnType<typeof startOtlpReceiver>>;
beforeAll(async () => {
	receiver = await startOtlpReceiver(PORT);
});
afterAll(() => receiver?.stop());

/** Runs a job in a trace. Resolves to the spans of the trace once all of them have arrived. */
async function traceJob(name: string): Promise<{ spans: ReceivedSpan[]; jobId: string; requestId: string }> {
	const traceId = randomBytes(16).toString('hex');
	const person = await newPerson();
	const input = await uploadFile(person.token, makePdf({ pages: 2, pictureSide: 200 }), { name });
	const response = await call('POST', '/v1/jobs', {
		token: person.token,
		body: { tool: 'compress_heavy', input_file_id: input, params: { quality: 70 } },
		headers: { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` },
	});
	expect(response.status).toBe(201);
	const jobId = response.body.data.id;
	expect((await finishJob(person.token, jobId)).status).toBe('succeeded');
	// Each process sends its own spans, some seconds later.
	const isWhole = async () => {
		const spans = receiver.spansOf(traceId);
		const isThere = ([service, name]: readonly [string, string]) =>
			spans.some((one) => one.service === service && one.name === name);
		return SENT_APART.every(isThere) && spanTree(spans).length === 1;
	};
	await eventually(isWhole, 30_000, 'the trace never came whole');
	return { spans: receiver.spansOf(traceId), jobId, requestId: response.headers.get('x-request-id') ?? '' };
}

function nodesOf(roots: readonly SpanNode[]): SpanNode[] {
	return roots.flatMap((root) => [root, ...nodesOf(root.children)]);
}

/** Returns the first of the nodes and their descendants with this name. Throws if there is none. */
function under(roots: readonly SpanNode[], service: string, name: string): SpanNode {
	const found = nodesOf(roots).find(({ span }) => span.service === service && span.name === name);
	if (!found) throw new Error(`no span ${service}: ${name} below ${roots.map(({ span }) => span.name)}`);
	return found;
}

test('one job is one trace, from the request to its outcome', async () => {
	const name = `secret-${randomBytes(4).toString('hex')}.pdf`;
	const { spans, jobId, requestId } = await traceJob(name);
	const text = renderSpanTree(spans);
	await mkdir(join(home(), 'traces'), { recursive: true });
	await writeFile(join(home(), 'traces', 'compress_heavy.txt'), text);

	const roots = spanTree(spans);
	expect(roots).toHaveLength(1);
	const gateway = under(roots, 'gateway', 'createJob');
	expect(gateway.span).toMatchObject({ kind: SERVER, failed: false, attributes: { request_id: requestId } });
	const jobs = under(gateway.children, 'jobs', 'createJob');
	expect(under(jobs.children, 'jobs', 'files checkInput').span.kind).toBe(CLIENT);
	under(jobs.children, 'files', 'checkInput');
	under(jobs.children, 'jobs', 'transaction');
	const published = under(jobs.children, 'jobs', 'job.requested publish');
	const taken = under(published.children, 'tool-worker', 'job.requested process');
	under(taken.children, 'jobs', 'claimJob');
	const attempt = under(taken.children, 'tool-worker', 'attempt');
	expect(attempt.span.attributes).toMatchObject({ job_id: jobId, attempt: 1, outcome: 'succeeded' });
	const fetched = under(attempt.children, 'tool-worker', 'input fetch');
	under(fetched.children, 'files', 'openInput');
	under(fetched.children, 'tool-worker', 'store GET');
	const tool = under(attempt.children, 'tool-worker', 'tool compress_heavy');
	expect(tool.children.map(({ span }) => span.name.split(' ')[0])).toContain('request');
	const stored = under(attempt.children, 'tool-worker', 'output store');
	under(stored.children, 'files', 'createOutput');
	under(stored.children, 'tool-worker', 'store PUT');
	const finished = under(attempt.children, 'tool-worker', 'job.finished publish');
	const settled = under(finished.children, 'jobs', 'job.finished process');
	under(settled.children, 'files', 'publishOutput');
	under(settled.children, 'jobs', 'transaction');

	const said = JSON.stringify(spans);
	expect(said).not.toContain(name);
	expect(said).not.toMatch(/https?:|X-Amz|Bearer|eyJ/);
});

test('a request without a traceparent is not traced', async () => {
	const person = await newPerson();
	const unsampled = randomBytes(16).toString('hex');
	await call('GET', '/v1/me', {
		token: person.token,
		headers: { traceparent: `00-${unsampled}-${randomBytes(8).toString('hex')}-00` },
	});
	await traceJob('next.pdf');
	expect(receiver.spansOf(unsampled)).toEqual([]);
});
