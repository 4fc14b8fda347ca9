import type { JobErrorCode } from '../errors.ts';
import { JOB_ERRORS } from '../generated/errors.ts';
import type { Job } from '../types.ts';

/** A job ended without output. The message says what the user can do. */
export class JobError extends Error {
	override readonly name = 'JobError';
	readonly code: JobErrorCode | 'canceled';
	readonly job: Job;
	/** Whether the same job may succeed when it is created again. */
	readonly retryable: boolean;
	/** The docs page about the code. Undefined for a canceled job, and if the API is older than this client. */
	readonly docsUrl: string | undefined;

	constructor(job: Job) {
		super(job.error_message ?? (job.status === 'canceled' ? 'the job was canceled' : 'the job failed'));
		this.code = job.error_code ?? (job.status === 'canceled' ? 'canceled' : 'internal');
		this.job = job;
		this.retryable =
			job.error_retryable ?? (this.code !== 'canceled' && JOB_ERRORS[this.code]?.retryable) ?? false;
		this.docsUrl = job.error_docs_url;
	}
}
