export type { AccountCalls } from './calls/account.ts';
export type { BillingCalls } from './calls/billing.ts';
export type { FileRequests } from './calls/file-requests.ts';
export type { FileCalls } from './calls/files.ts';
export type { JobRequests, NewJob } from './calls/job-requests.ts';
export type { JobCalls } from './calls/jobs.ts';
export type { KeyCalls } from './calls/keys.ts';
export type { WebhookCalls } from './calls/webhooks.ts';
export { type Client, type ClientOptions, createClient } from './client.ts';
export { formatBytes, formatBytesAbove } from './display/format-bytes.ts';
export { formatPrice } from './display/format-price.ts';
export { runningText } from './display/running-text.ts';
export type { Download } from './download/download-file.ts';
export { outputName } from './download/output-name.ts';
export { safeName } from './download/safe-name.ts';
export {
	ApiError,
	ConnectionError,
	type ErrorCode,
	type ErrorDetail,
	type JobErrorCode,
	StoreError,
} from './errors.ts';
export type { components, operations, paths } from './generated/api.ts';
export { API_ERRORS, JOB_ERRORS } from './generated/errors.ts';
export { JobError } from './jobs/job-error.ts';
export { isTerminal } from './jobs/terminal.ts';
export type { WatchOptions } from './jobs/watch-job.ts';
export type { ByteSource, PathSource } from './platform/platform.ts';
export { isRetryable } from './retry/is-retryable.ts';
export type { RunOptions, RunResult } from './run-tool.ts';
export type { SucceededJob, ToolCatalog, ToolSlug, ToolTypes, UntypedTools } from './tool-types.ts';
export type * from './types.ts';
export type { UploadOptions, UploadProgress, UploadSource } from './upload/upload-options.ts';
export { verifyWebhook, type WebhookHeaders, WebhookVerificationError } from './webhooks/verify-webhook.ts';
