import { queryDatabase } from '../../driver/database.ts';
import { askStripe } from '../../driver/local-stripe.ts';
import type { Auditor, AuditReport } from './audit-report.ts';

interface Plan {
	id: string;
	plan: string;
	/** Grows with each change. */
	version: string;
}

interface Customer extends Plan {
	stripe_id: string | null;
}

const PRO = ['active', 'trialing'];
const OPEN = [...PRO, 'past_due', 'unpaid'];
const ACCOUNTS = 'SELECT user_id AS id, plan::text, plan_version AS version FROM accounts';

/** Every user has the plan that Stripe says in every service, pays once, and not at all after deletion. */
export const auditPlans: Auditor = async (ledger, report) => {
	const customers = await queryDatabase<Customer>(
		'billing',
		'SELECT user_id AS id, stripe_customer_id AS stripe_id, plan::text, plan_version AS version FROM customers',
	);
	const others = {
		auth: await queryDatabase<Plan>('auth', 'SELECT id, plan::text, plan_version AS version FROM users'),
		files: await queryDatabase<Plan>('files', ACCOUNTS),
		jobs: await queryDatabase<Plan>('jobs', ACCOUNTS),
	};
	for (const { id } of ledger.payers.values()) {
		const customer = customers.find((one) => one.id === id);
		if (!customer) report.find('lost', `billing does not know ${id}, who paid`);
		else if (ledger.deleted.has(id)) await auditDeleted(customer, report);
		else await auditCustomer(customer, others, report);
	}
	report.counts.payers = ledger.payers.size;
};

async function openSubscriptions({ stripe_id }: Customer): Promise<{ status: string }[]> {
	const path = `/v1/subscriptions?customer=${stripe_id}&status=all&limit=100`;
	const { data = [] } = await askStripe('GET', path);
	return data.filter(({ status }: { status: string }) => OPEN.includes(status));
}

async function auditDeleted(customer: Customer, report: AuditReport): Promise<void> {
	const open = await openSubscriptions(customer);
	if (open.length > 0) report.find('left', `${customer.id} is deleted and pays`);
}

async function auditCustomer(
	customer: Customer,
	others: Record<string, readonly Plan[]>,
	report: AuditReport,
): Promise<void> {
	const { id, plan, version } = customer;
	const open = await openSubscriptions(customer);
	if (open.length > 1) report.find('doubled', `${id} pays ${open.length} times`);
	const paid = open.some(({ status }) => PRO.includes(status)) ? 'pro' : 'free';
	if (plan !== paid) report.find('plan', `${id} is ${paid} in Stripe and ${plan} in billing`);
	for (const [service, plans] of Object.entries(others)) {
		const other = plans.find((one) => one.id === id) ?? { plan: 'free', version: 0 };
		if (other.plan !== plan || Number(other.version) !== Number(version))
			report.find('plan', `${id} is ${plan} in billing and ${other.plan} in ${service}`);
	}
}
