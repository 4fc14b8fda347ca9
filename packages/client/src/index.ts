export type { AccountCalls } from './calls/account.ts';
export type { BillingCalls } from './calls/billing.ts';
export type { FileRequests } from './calls/file-requests.ts';
export type { FileCalls } from './calls/files.ts';
export type { JobRequests } from './calls/job-requests.ts';
export type { JobCalls } from './calls/jobs.ts';
export { type Client, type ClientOptions, createClient } from './client.ts';
export {
	ApiError,
	ConnectionError,
	type ErrorCode,
	type ErrorDetail,
	type JobErrorCode,
	StoreError,
} from './errors.ts';
export type { components, operations, paths } from './generated/api.ts';
export type { ByteSource, PathSource } from './platform/platform.ts';
export type * from './types.ts';
export type { UploadOptions, UploadProgress, UploadSource } from './upload/upload-options.ts';
