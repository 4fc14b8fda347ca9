import { mapConcurrently } from '../../driver/map-concurrently.ts';
import { environment } from '../environment.ts';
import { trySend } from '../load/client.ts';
import type { Auditor } from './audit-report.ts';

const CONCURRENCY = 8;

/** At every gateway, tokens of ended sessions and deleted users are rejected, and all others accepted. */
export const auditSessions: Auditor = async (ledger, report) => {
	const checks = [
		...ledger.revoked.map((token) => ({ token, wanted: 401, whose: 'a revoked token' })),
		...[...ledger.deleted.values()].map(({ id, token }) => ({ token, wanted: 401, whose: `deleted ${id}` })),
		...[...ledger.people.values()].map(({ id, token }) => ({ token, wanted: 200, whose: `signed-in ${id}` })),
	];
	await mapConcurrently(checks, CONCURRENCY, async ({ token, wanted, whose }) => {
		for (const gateway of environment.gateways) {
			const answer = await trySend(gateway, 'GET', '/v1/me', { token });
			if (answer?.status !== wanted)
				report.find('session', `${gateway} answers ${answer?.status} to ${whose}`);
		}
	});
	report.counts['sessions ended'] = ledger.revoked.length;
	report.counts['accounts deleted'] = ledger.deleted.size;
};
