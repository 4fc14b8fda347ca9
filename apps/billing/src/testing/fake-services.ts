import { AppError } from '@creatorr/contracts/errors';
import { getAccount } from '@creatorr/contracts/internal/auth';
import { getStorageUse } from '@creatorr/contracts/internal/files';
import { getJobUse } from '@creatorr/contracts/internal/jobs';
import { createService } from '@creatorr/service/create-service';
import { createIdentityVerifier } from '@creatorr/service/identity';
import { closeServer, listen, portOf } from '@creatorr/service/process';
import { defineRoute } from '@creatorr/service/route';
import { silent } from '@creatorr/testing/silent';

/** A valid id of no user. */
export const NOBODY = 'usr_01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** The internal operations of auth, files and jobs that billing calls, over HTTP. */
export async function startFakeServices(keySet: string) {
	const routes = [
		defineRoute(getAccount, async ({ params }) => {
			if (params.id === NOBODY) throw new AppError('not_found', 'No such account.');
			return { data: { email: `${params.id.toLowerCase()}@example.com`, name: 'Ann' } };
		}),
		defineRoute(getJobUse, async () => ({
			data: { active_jobs: 2, max_active_jobs: 1, queued_jobs: 7, compute_seconds: 60 },
		})),
		defineRoute(getStorageUse, async () => ({ data: { stored_bytes: 1234, stored_files: 2 } })),
	];
	const verifyIdentity = createIdentityVerifier(JSON.parse(keySet));
	const app = createService({ logger: silent, verifyIdentity, routes, checks: {} });
	const server = await listen(app, { host: '127.0.0.1', port: 0 });
	return { url: `http://127.0.0.1:${portOf(server)}`, stop: () => closeServer(server, 100) };
}
