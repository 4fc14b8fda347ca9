import { type DatabaseOwner, queryDatabase } from '../../driver/database.ts';
import { environment } from '../environment.ts';
import type { Auditor, Finding } from './finding.ts';

interface Queue {
	name: string;
	messages?: number;
}

/** Nothing is on its way any more: no outbox, no queue, no mail, no event of Stripe, no revocation. */
export const auditMessages: Auditor = async () => {
	const findings: Finding[] = [];
	for (const owner of ['auth', 'jobs', 'billing'] as const) {
		for (const { type, count } of await countBy(
			owner,
			'SELECT type, count(*)::int FROM outbox GROUP BY type',
		))
			findings.push({ kind: 'unsent', what: `${count} of ${type} in the outbox of ${owner}` });
	}
	const unapplied = `SELECT type, count(*)::int FROM stripe_events WHERE applied_at IS NULL GROUP BY type`;
	for (const { type, count } of await countBy('billing', unapplied))
		findings.push({ kind: 'unsent', what: `${count} events ${type} of Stripe are not applied` });
	for (const { type, count } of await countBy(
		'auth',
		'SELECT kind::text AS type, count(*)::int FROM mails GROUP BY 1',
	))
		findings.push({ kind: 'unsent', what: `${count} mails of kind ${type}` });
	const unsettled = `SELECT 'revocations' AS type, count(*)::int FROM revocations HAVING count(*) > 0`;
	for (const { count } of await countBy('auth', unsettled))
		findings.push({ kind: 'unsent', what: `${count} revocations are not settled` });
	const queues = await listQueues();
	for (const { name, messages = 0 } of queues) {
		if (messages > 0) findings.push({ kind: 'unsent', what: `${messages} messages in ${name}` });
	}
	return { findings, counts: { queues: queues.length } };
};

const countBy = (owner: DatabaseOwner, text: string) =>
	queryDatabase<{ type: string; count: number }>(owner, text);

/** Of the product's virtual host: the supervisor probes the broker in another, where its last message stays. */
async function listQueues(): Promise<Queue[]> {
	const url = new URL('/api/queues/creatorr?columns=name,messages', environment.amqpManagementUrl);
	const authorization = `Basic ${btoa(`${url.username}:${decodeURIComponent(url.password)}`)}`;
	[url.username, url.password] = ['', ''];
	const answer = await fetch(url, { headers: { authorization } });
	if (!answer.ok) throw new Error(`the broker answered ${answer.status}`);
	return (await answer.json()) as Queue[];
}
