import { type DatabaseOwner, queryDatabase } from '../../driver/database.ts';
import { requireVariable } from '../../driver/environment.ts';
import type { Auditor } from './audit-report.ts';

const OUTBOX = 'SELECT type, count(*)::int FROM outbox GROUP BY type';
const STRIPE_EVENTS = 'SELECT type, count(*)::int FROM stripe_events WHERE applied_at IS NULL GROUP BY type';

/** Rows that are deleted after they were handled: what they are, their service, and a query that counts them by type. */
const PENDING: readonly [what: string, owner: DatabaseOwner, sql: string][] = [
	['messages in the outbox of auth', 'auth', OUTBOX],
	['messages in the outbox of jobs', 'jobs', OUTBOX],
	['messages in the outbox of billing', 'billing', OUTBOX],
	['messages in the outbox of webhooks', 'webhooks', OUTBOX],
	['mails', 'auth', 'SELECT kind::text AS type, count(*)::int FROM mails GROUP BY 1'],
	['revocations', 'auth', `SELECT 'session' AS type, count(*)::int FROM revocations HAVING count(*) > 0`],
	['events of Stripe', 'billing', STRIPE_EVENTS],
];

/** Nothing is in transit: no outbox, queue, mail, Stripe event or revocation. */
export const auditMessages: Auditor = async (_ledger, report) => {
	for (const [what, owner, sql] of PENDING) {
		for (const { type, count } of await queryDatabase<{ type: string; count: number }>(owner, sql))
			report.find('unsent', `${count} ${what}: ${type}`);
	}
	const queues = await listQueues();
	for (const { name, messages = 0 } of queues)
		if (messages > 0) report.find('unsent', `${messages} messages in ${name}`);
	report.counts.queues = queues.length;
};

/** Lists the queues of the product's virtual host. The supervisor probes the broker in another, where its last message stays. */
async function listQueues(): Promise<{ name: string; messages?: number }[]> {
	const base = requireVariable('TEST_AMQP_MANAGEMENT_URL');
	const url = new URL('/api/queues/creatorr?columns=name,messages', base);
	const authorization = `Basic ${btoa(`${url.username}:${decodeURIComponent(url.password)}`)}`;
	[url.username, url.password] = ['', ''];
	const response = await fetch(url, { headers: { authorization } });
	if (!response.ok) throw new Error(`the broker answered ${response.status}`);
	return (await response.json()) as { name: string; messages?: number }[];
}
