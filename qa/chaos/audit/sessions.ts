import { mapConcurrently } from '../../driver/map-concurrently.ts';
import { environment } from '../environment.ts';
import { trySend } from '../load/client.ts';
import type { Auditor, Finding } from './finding.ts';

const AT_ONCE = 8;

interface Check {
	token: string;
	/** The status. */
	wanted: number;
	whose: string;
}

/** Whoever signed out is out, whoever did not is in, at every gateway. */
export const auditSessions: Auditor = async (ledger) => {
	const findings: Finding[] = [];
	const check = async ({ token, wanted, whose }: Check) => {
		for (const gateway of environment.gateways) {
			const reply = await trySend({ method: 'GET', path: '/v1/me', token }, gateway);
			if (reply?.status === wanted) continue;
			findings.push({ kind: 'session', what: `${gateway} answers ${reply?.status} to ${whose}` });
		}
	};
	const checks: Check[] = [
		...ledger.revoked.map((token) => ({ token, wanted: 401, whose: 'a token whose logout was answered' })),
		...[...ledger.deleted.values()].map(({ id, token }) => ({
			token,
			wanted: 401,
			whose: `${id}, who is gone`,
		})),
		...[...ledger.people.values()].map(({ id, token }) => ({
			...{ token, wanted: 200, whose: `${id}, who never left` },
		})),
	];
	await mapConcurrently(checks, AT_ONCE, check);
	return {
		findings,
		counts: { 'sessions ended': ledger.revoked.length, 'accounts deleted': ledger.deleted.size },
	};
};
