import { environment } from '../environment.ts';
import { send } from '../load/client.ts';
import type { Auditor, Finding } from './finding.ts';

/** Whoever signed out is out, whoever did not is in, at every gateway. */
export const auditSessions: Auditor = async (ledger) => {
	const findings: Finding[] = [];
	const check = async (token: string, wanted: number, whose: string) => {
		for (const gateway of environment.gateways) {
			const reply = await send({ method: 'GET', path: '/v1/me', token }, gateway);
			if (reply?.status === wanted) continue;
			findings.push({ kind: 'session', what: `${gateway} answers ${reply?.status} to ${whose}` });
		}
	};
	for (const token of ledger.revoked) await check(token, 401, 'a token whose logout was answered');
	for (const { id, token } of ledger.deleted.values()) await check(token, 401, `${id}, who is gone`);
	for (const { id, token } of ledger.people.values()) await check(token, 200, `${id}, who never left`);
	return {
		findings,
		counts: { 'sessions ended': ledger.revoked.length, 'accounts deleted': ledger.deleted.size },
	};
};
