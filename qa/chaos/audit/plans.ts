import { queryDatabase } from '../../driver/database.ts';
import { askStripe } from '../../driver/local-stripe.ts';
import type { Person } from '../ledger.ts';
import type { Auditor, Finding } from './finding.ts';

interface Customer {
	user_id: string;
	stripe_customer_id: string | null;
	plan: string;
	plan_version: number;
}

/** Of one service: the plan of each user that it knows one of. */
type Plans = Map<string, { plan: string; version: number }>;

const LIVING = ['active', 'trialing', 'past_due', 'unpaid'];

/** Everybody is on the plan that Stripe says, everywhere, pays once, and not at all when the account is gone. */
export const auditPlans: Auditor = async (ledger) => {
	const findings: Finding[] = [];
	const customers = await queryDatabase<Customer>(
		'billing',
		'SELECT user_id, stripe_customer_id, plan::text, plan_version FROM customers',
	);
	const known = new Map(customers.map((customer) => [customer.user_id, customer]));
	const others = await plansOfOthers();
	for (const person of ledger.payers.values()) {
		const customer = known.get(person.id);
		if (!customer) findings.push({ kind: 'lost', what: `billing does not know ${person.id}, who paid` });
		else findings.push(...(await auditCustomer(person, customer, ledger.deleted.has(person.id), others)));
	}
	return { findings, counts: { payers: ledger.payers.size } };
};

async function auditCustomer(
	{ id }: Person,
	customer: Customer,
	isDeleted: boolean,
	others: Record<string, Plans>,
): Promise<Finding[]> {
	const { data = [] } = await askStripe(
		'GET',
		`/v1/subscriptions?customer=${customer.stripe_customer_id}&status=all&limit=100`,
	);
	const living = data.filter(({ status }: { status: string }) => LIVING.includes(status));
	if (isDeleted) return living.length === 0 ? [] : [{ kind: 'left', what: `${id} is gone and pays` }];
	const findings: Finding[] = [];
	if (living.length > 1) findings.push({ kind: 'doubled', what: `${id} pays ${living.length} times` });
	const said = living.some(({ status }: { status: string }) => ['active', 'trialing'].includes(status))
		? 'pro'
		: 'free';
	if (customer.plan !== said)
		findings.push({ kind: 'plan', what: `${id} is ${said} at Stripe and ${customer.plan} in billing` });
	for (const [service, plans] of Object.entries(others)) {
		const { plan = 'free', version = 0 } = plans.get(id) ?? {};
		if (plan !== customer.plan || version !== customer.plan_version)
			findings.push({ kind: 'plan', what: `${id} is ${customer.plan} in billing and ${plan} in ${service}` });
	}
	return findings;
}

async function plansOfOthers(): Promise<Record<string, Plans>> {
	const read = async (owner: 'auth' | 'files' | 'jobs', text: string): Promise<Plans> => {
		const rows = await queryDatabase<{ id: string; plan: string; version: string }>(owner, text);
		return new Map(rows.map(({ id, plan, version }) => [id, { plan, version: Number(version) }]));
	};
	return {
		auth: await read('auth', 'SELECT id, plan::text, plan_version AS version FROM users'),
		files: await read('files', 'SELECT user_id AS id, plan::text, plan_version AS version FROM accounts'),
		jobs: await read('jobs', 'SELECT user_id AS id, plan::text, plan_version AS version FROM accounts'),
	};
}
