import type { JobErrorCode } from '../errors.ts';
import type { Job } from '../types.ts';

/** A job ended without output. The message says what the user can do. */
export class JobError extends Error {
	override readonly name = 'JobError';
	readonly code: JobErrorCode | 'canceled';
	readonly job: Job;

	constructor(job: Job) {
		super(job.error_message ?? (job.status === 'canceled' ? 'the job was canceled' : 'the job failed'));
		this.code = job.error_code ?? (job.status === 'canceled' ? 'canceled' : 'internal');
		this.job = job;
	}
}
