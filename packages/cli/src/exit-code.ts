import { ApiError, ConnectionError, JobError, StoreError } from '@creatorr/client';
import { CommanderError } from 'commander';
import { InterruptedError, NotSignedInError, UsageError } from './errors.ts';

/** Exit codes. Scripts rely on them, so no number changes its meaning. */
export const EXIT = {
	ok: 0,
	jobFailed: 1,
	usage: 2,
	notSignedIn: 3,
	refused: 4,
	noConnection: 5,
	notFound: 6,
	internal: 70,
} as const;

export const EXIT_HELP = `Exit codes:
  0    success
  1    a job failed or was canceled
  2    wrong usage: invalid option or value, missing file, existing output
  3    not signed in, invalid API key, or incorrect email or password
  4    refused: a limit of plan, size or rate, an unverified email, or an API key without the scope
  5    no connection, or the service is unavailable
  6    not found: no such file, job, API key or webhook endpoint
  70   bug
  130  interrupted (143: terminated); running jobs are canceled`;

/** By HTTP status, so that codes newer than this program have an exit code, too. Others are bugs of the API or of this program. */
const EXIT_CODE_BY_STATUS: Readonly<Record<number, number>> = {
	400: EXIT.usage,
	401: EXIT.notSignedIn,
	403: EXIT.refused,
	404: EXIT.notFound,
	409: EXIT.usage,
	413: EXIT.refused,
	429: EXIT.refused,
	503: EXIT.noConnection,
	504: EXIT.noConnection,
};

export function exitCodeOf(error: unknown): number {
	if (error instanceof ApiError) return EXIT_CODE_BY_STATUS[error.status] ?? EXIT.internal;
	if (error instanceof JobError) return EXIT.jobFailed;
	if (error instanceof ConnectionError || error instanceof StoreError) return EXIT.noConnection;
	if (error instanceof NotSignedInError) return EXIT.notSignedIn;
	if (error instanceof InterruptedError) return error.exitCode;
	// For commander, help and version are errors with code 0.
	if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
	if (error instanceof UsageError || isFileError(error)) return EXIT.usage;
	return EXIT.internal;
}

/** Whether it is a file error of the system: missing, forbidden, disk full. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
	const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
	return typeof code === 'string' && typeof path === 'string';
}
