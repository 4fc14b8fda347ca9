import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { databaseUrl } from '../backing/databases.ts';
import { type DatabaseOwner, loadSecrets } from '../backing/secrets.ts';
import type { Home } from '../supervisor/home.ts';
import type { Step } from '../supervisor/process.ts';
import { appProcesses, databaseOwners } from './apps.ts';
import { type BackingServices, backingServices } from './backing-services.ts';
import { databaseTasks } from './database-tasks.ts';
import { buildWeb, generateCode } from './generate-code.ts';
import type { Scale } from './scale.ts';
import type { Databases, Settings } from './settings.ts';
import { stripeService } from './stripe-service.ts';

/** How long all apps together may take to finish what they are doing; a second more than each gives itself. */
export const DRAIN_MS = 11_000;

/** What the apps stand on, which may run elsewhere. */
const BACKING = ['postgres', 'rabbitmq', 's3', 'stripe'];

export type Product = {
	steps: Step[];
	/** The names of the apps, which finish what they are doing before they end. */
	apps: Set<string>;
};

/** Everything that makes the product on one machine, in one list. */
export async function product(
	settings: Settings,
	{ home, scale, stop }: { home: Home; scale: Scale; stop: AbortSignal },
): Promise<Product> {
	const secrets = loadSecrets(home);
	const backing = await backingServices(settings, { home, secrets, durable: true });
	const apps = await appSteps(settings, backing, { home, scale, stop });
	return { steps: dropRunning([...backing.steps, ...apps.steps]), apps: apps.apps };
}

/** The apps, their databases, their generated code and their Stripe, on backing services that are given. */
export async function appSteps(
	settings: Settings,
	backing: BackingServices,
	{ home, scale, stop }: { home: Home; scale: Scale; stop: AbortSignal },
): Promise<Product> {
	const secrets = loadSecrets(home);
	const owners = databaseOwners();
	const { postgresAdminUrl: adminUrl } = backing;
	const databases =
		adminUrl === undefined
			? (settings.external.databases ?? {})
			: ownDatabases(owners, adminUrl, secrets.databasePasswords);
	const tasks: Step[] = [
		...databaseTasks(owners, databases, adminUrl === undefined ? undefined : { adminUrl, secrets }),
		{ kind: 'task', name: 'generated-code', dependsOn: [], run: () => generateCode(home.root, stop) },
		{ kind: 'task', name: 'web', dependsOn: ['generated-code'], run: () => buildWeb(home.root, stop) },
		// what workers that were killed left of their jobs
		{
			kind: 'task',
			name: 'scratch',
			dependsOn: [],
			run: async () => rmSync(join(home.data, 'scratch'), { recursive: true, force: true }),
		},
	];
	const stripe = await stripeService(settings, { home, secrets });
	const { apps, balancers } = await appProcesses({
		environment: settings.environment,
		home,
		secrets,
		databases,
		amqpUrl: backing.amqpUrl,
		s3: backing.s3,
		stripe: stripe.settings,
		corsOrigins: settings.corsOrigins,
		gatewayPort: settings.gatewayPort,
		scale,
	});
	return {
		steps: [...tasks, ...stripe.steps, ...apps, ...balancers],
		apps: new Set(apps.map(({ name }) => name)),
	};
}

/** What steps depend on that is not among them: a server of the person's own, say, is up already. */
export function dropRunning(steps: Step[]): Step[] {
	const names = new Set(steps.map(({ name }) => name));
	const isRunning = (name: string): boolean => BACKING.includes(name) && !names.has(name);
	return steps.map((step) => ({ ...step, dependsOn: step.dependsOn.filter((name) => !isRunning(name)) }));
}

function ownDatabases(
	owners: DatabaseOwner[],
	adminUrl: string,
	passwords: Record<DatabaseOwner, string>,
): Databases {
	return Object.fromEntries(
		owners.map((owner) => [owner, { url: databaseUrl(adminUrl, owner, passwords[owner]) }]),
	);
}
