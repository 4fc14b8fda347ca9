import { getAccount } from '@creatorr/contracts/internal/auth';
import { createService } from '@creatorr/service/create-service';
import { createIdentityVerifier } from '@creatorr/service/identity';
import { closeServer, listen, portOf } from '@creatorr/service/process';
import { defineRoute } from '@creatorr/service/route';
import { silent } from '@creatorr/testing/silent';

/** Plays auth: accounts have a verified email unless they are in `unverified`. */
export async function startFakeAuth(keySet: string) {
	const unverified = new Set<string>();
	const routes = [
		defineRoute(getAccount, async ({ params }) => ({
			data: { email: 'ann@example.com', name: null, email_verified: !unverified.has(params.id) },
		})),
	];
	const verifyIdentity = createIdentityVerifier(JSON.parse(keySet));
	const app = createService({ logger: silent, verifyIdentity, routes, checks: {} });
	const server = await listen(app, { host: '127.0.0.1', port: 0 });
	return { unverified, url: `http://127.0.0.1:${portOf(server)}`, stop: () => closeServer(server, 100) };
}
