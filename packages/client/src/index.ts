export type { AccountCalls } from './calls/account.ts';
export type { BillingCalls } from './calls/billing.ts';
export type { FileCalls } from './calls/files.ts';
export type { JobCalls } from './calls/jobs.ts';
export { type Client, type ClientOptions, createClient } from './client.ts';
export { ApiError, ConnectionError, type ErrorCode, type ErrorDetail, type JobErrorCode } from './errors.ts';
export type { components, operations, paths } from './generated/api.ts';
export type * from './types.ts';
