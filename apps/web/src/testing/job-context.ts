import { ApiError, type ErrorCode, type Job } from '@creatorr/client';
import type { EffectContext } from '../uploads/effects/effect-context.ts';
import type { Report } from '../uploads/transitions.ts';
import { createUpload, type Upload } from '../uploads/upload.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 4, mimeType: 'application/pdf', lastModified: 1 };
const request = { tool: 'ocr', params: {}, secrets: { password: 'sesame' } };
export const upload: Upload = {
	...createUpload(source, request, 'usr_1'),
	remoteFile: { fileId: 'fil_1', isDone: true },
	stage: { kind: 'creating', isStruggling: false },
};
export const canceling: Upload = { ...upload, stage: { kind: 'canceling', jobId: null } };
export const job = { id: 'job_1', status: 'queued', created_at: '2026-01-01T00:00:00Z' } as Job;
export const canceled: Job = { ...job, status: 'canceled' };
export const refusal = (code: ErrorCode) =>
	new ApiError(code, { code, status: 409, requestId: 'req_1', details: [], retryAfterMs: undefined });

/** A context whose API answers creations with `answers`, one after the other, and lists `listed`. */
export function contextOf(
	answers: (Job | Error)[],
	{ listed = [], secrets = request.secrets as object } = {},
) {
	const reports: Report[] = [];
	const requests: string[] = [];
	const context = {
		api: {
			jobs: {
				async create(_: object, { idempotencyKey }: { idempotencyKey: string }) {
					requests.push(`create ${idempotencyKey === upload.idempotencyKey}`);
					const answer = answers.shift();
					if (answer instanceof Error) throw answer;
					return answer;
				},
				async list(query: { idempotency_key: string }) {
					requests.push(`list ${query.idempotency_key === upload.idempotencyKey}`);
					return { data: listed, next_cursor: null };
				},
				async cancel(id: string) {
					requests.push(`cancel ${id}`);
					return canceled;
				},
			},
		},
		secretsOf: () => secrets,
		report: (event: Report) => reports.push(event),
		signal: new AbortController().signal,
	} as unknown as EffectContext;
	return { context, reports, requests };
}
