import * as apiKeys from './api-keys.ts';
import * as auth from './auth.ts';
import * as billing from './billing.ts';
import { bodyLimitOf } from './body-limit.ts';
import * as files from './files.ts';
import * as jobs from './jobs.ts';
import * as meta from './meta.ts';
import type { Operation } from './operation.ts';
import * as webhooks from './webhooks.ts';

/** Every operation of the public API: the gateway routes them and the OpenAPI document describes them. */
export const PUBLIC_OPERATIONS: readonly Operation[] = [
	auth.register,
	auth.login,
	auth.logout,
	auth.logoutAll,
	auth.listSessions,
	auth.deleteSession,
	auth.changePassword,
	auth.forgotPassword,
	auth.resetPassword,
	auth.verifyEmail,
	auth.resendVerification,
	auth.getMe,
	auth.deleteMe,
	apiKeys.createApiKey,
	apiKeys.listApiKeys,
	apiKeys.getApiKey,
	apiKeys.updateApiKey,
	apiKeys.deleteApiKey,
	apiKeys.rotateApiKey,
	apiKeys.listApiKeyEvents,
	apiKeys.reportLeakedKey,
	files.createFile,
	files.listFiles,
	files.getFile,
	files.deleteFile,
	files.completeFile,
	files.listFileParts,
	jobs.createJob,
	jobs.listJobs,
	jobs.getJob,
	jobs.streamJob,
	jobs.cancelJob,
	jobs.deleteJob,
	jobs.listTools,
	billing.createCheckout,
	billing.openPortal,
	billing.receiveStripeEvent,
	billing.getBilling,
	billing.getUsage,
	billing.listPlans,
	webhooks.createWebhook,
	webhooks.listWebhooks,
	webhooks.getWebhook,
	webhooks.updateWebhook,
	webhooks.deleteWebhook,
	webhooks.rotateWebhookSecret,
	webhooks.testWebhook,
	webhooks.listDeliveries,
	webhooks.getDelivery,
	webhooks.replayDelivery,
	webhooks.recoverDeliveries,
	webhooks.listEvents,
	meta.getHealth,
	meta.listErrors,
	meta.getOpenApi,
];

/** The largest body limit of a public operation, in bytes. */
export const MAX_PUBLIC_BODY_BYTES = Math.max(...PUBLIC_OPERATIONS.map(bodyLimitOf));
