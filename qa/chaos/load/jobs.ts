import { randomUUID } from 'node:crypto';
import { makePdf } from '../../driver/pdf.ts';
import type { AcceptedJob, Person } from '../ledger.ts';
import { GivenUp } from './client.ts';
import type { LoadContext } from './load.ts';
import { uploadWhole } from './uploads.ts';

const PDF = 'application/pdf';
const TERMINAL = new Set(['succeeded', 'failed', 'canceled']);

interface Sample {
	tool?: string;
	mimeType: string;
	make(): Uint8Array;
	params: object;
	/** A job of it fails so, and not otherwise. */
	failsWith?: string;
}

/** Work for the tools: small for each, one that takes long, and one that fails. */
const SAMPLES: Record<string, Sample> = {
	compress_heavy: { mimeType: PDF, make: () => makePdf({ pictureSide: 60 }), params: {} },
	damaged: {
		tool: 'compress_heavy',
		mimeType: PDF,
		make: () => makePdf({ pictureSide: 60 }).subarray(0, 2_000),
		params: {},
		failsWith: 'corrupt_input',
	},
	long: {
		tool: 'ocr',
		mimeType: PDF,
		make: () => makePdf({ pages: 20, pictureSide: 300 }),
		params: {},
	},
	office_to_pdf: {
		mimeType: 'text/plain',
		make: () => Buffer.from(`A letter of a few words, ${randomUUID()}.\n`),
		params: {},
	},
	ocr: {
		mimeType: PDF,
		make: () => makePdf({ pictureSide: 40 }),
		params: { deskew: false, rotate_pages: false, optimize: 0 },
	},
};

export interface JobRequest {
	/** Names the sample. */
	tool: string;
	/** Sealed for the worker, and to be forgotten with the job's end. */
	secret?: boolean;
}

/** Uploads an input and creates a job of it, with a key, so that it is one job however often it is asked for. */
export async function createJob(
	context: LoadContext,
	person: Person,
	{ tool: name, secret = false }: JobRequest,
): Promise<AcceptedJob> {
	const { client, ledger } = context;
	const sample = SAMPLES[name];
	if (!sample) throw new Error(`there is no sample ${name}`);
	const { tool = name, mimeType, make, params, failsWith } = sample;
	const inputFileId = await uploadWhole(context, person, { name: `${name}.in`, mimeType, bytes: make() });
	const key = randomUUID();
	const reply = await client.ask(
		{
			method: 'POST',
			path: '/v1/jobs',
			token: person.token,
			body: { tool, input_file_id: inputFileId, params: { ...params, ...(secret ? SECRET : {}) } },
			headers: { 'idempotency-key': key },
		},
		[201],
	);
	const job: AcceptedJob = {
		...{ id: reply.body.data.id, userId: person.id, token: person.token },
		...{ key, tool, inputFileId, hasSecret: secret, mayBeCanceled: false, isCanceled: false },
		...(failsWith ? { failsWith } : {}),
	};
	ledger.jobs.set(job.id, job);
	return job;
}

/** Only a conversion takes one that its input does not need. */
const SECRET = { user_password: 'opens the copy' };

/** Waits until the job is over; what it shows meanwhile may not go back. Resolves to its last status. */
export async function awaitEnd(context: LoadContext, job: AcceptedJob): Promise<string> {
	let highest = 0;
	for (let last = 'queued'; ; ) {
		const path = `/v1/jobs/${job.id}?wait=5`;
		const { body } = await context.client.ask({ method: 'GET', path, token: job.token }, [200]);
		const { status, progress } = body?.data ?? {};
		if (status === undefined) return 'gone';
		if (progress < highest || (last === 'running' && status === 'queued')) {
			context.ledger.violate('went back', `${job.id} from ${last} ${highest} to ${status} ${progress}`);
		}
		if (TERMINAL.has(status)) return status;
		[highest, last] = [progress, status];
		if (context.givenUp.aborted) throw new GivenUp(`${job.id} is ${status} still`);
	}
}

/** Cancels a job; whether that was in time. */
export async function cancelJob({ client }: LoadContext, job: AcceptedJob): Promise<boolean> {
	const request = { method: 'POST', path: `/v1/jobs/${job.id}/cancel`, token: job.token };
	job.mayBeCanceled = true;
	const reply = await client.ask(request, [200, 409]);
	if (reply.status === 200) job.isCanceled = true;
	return job.isCanceled;
}
