import { getAccount } from '@creatorr/contracts/internal/auth';
import { getStorageUse } from '@creatorr/contracts/internal/files';
import { getJobUse } from '@creatorr/contracts/internal/jobs';
import { createIdentitySigner } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import type { Config } from './config.ts';

const CALL_TIMEOUT_MS = 5_000;

/** Returns the calls that billing makes to other services. */
export function internalCalls(config: Config) {
	const sign = createIdentitySigner('billing', config.INTERNAL_PRIVATE_KEY);
	const client = (name: string, baseUrl: string) =>
		createInternalClient({ name, baseUrl, sign, timeoutMs: CALL_TIMEOUT_MS });
	const auth = client('auth', config.AUTH_URL);
	const files = client('files', config.FILES_URL);
	const jobs = client('jobs', config.JOBS_URL);
	return {
		findAccount: async (id: string) => (await auth(getAccount, { params: { id } })).data,
		jobUse: async (id: string) => (await jobs(getJobUse, { params: { id } })).data,
		storageUse: async (id: string) => (await files(getStorageUse, { params: { id } })).data,
	};
}
