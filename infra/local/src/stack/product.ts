import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { migrationTasks, ownDatabases, ownDatabasesTask } from '../backing/databases.ts';
import { postgresSteps } from '../backing/postgres.ts';
import { rabbitSteps, rabbitUrl } from '../backing/rabbitmq.ts';
import { s3Service } from '../backing/s3.ts';
import { stripeService } from '../backing/stripe.ts';
import { readSettings, type S3Variables, type Settings } from '../settings/settings.ts';
import type { Home } from '../supervisor/home.ts';
import type { Step } from '../supervisor/process.ts';
import { appProcesses } from './apps.ts';
import { runTask } from './run-program.ts';
import type { Scale } from './scale.ts';

/** Servers that may be external. External ones are up already, so no step waits for them. */
const EXTERNAL = ['postgres', 'rabbitmq', 's3'];

export type BackingServices = { steps: Step[]; amqpUrl: string; s3: S3Variables };

/**
 * Returns PostgreSQL, RabbitMQ and S3: local ones, unless the settings name external ones.
 * @param durable false: a faster PostgreSQL that loses data when the machine fails
 */
export async function backingServices(
	home: Home,
	{ durable }: { durable: boolean },
	{ external, rabbitmq }: Pick<Settings, 'external' | 'rabbitmq'> = readSettings({}),
): Promise<BackingServices> {
	const postgres = external.databases === undefined ? await postgresSteps(home, { durable }) : [];
	const rabbit = external.amqpUrl === undefined ? await rabbitSteps(home, rabbitmq) : [];
	const store = external.s3 === undefined ? await s3Service(home) : { steps: [], variables: external.s3 };
	return {
		steps: [...postgres, ...rabbit, ...store.steps],
		amqpUrl: external.amqpUrl ?? rabbitUrl(home),
		s3: store.variables,
	};
}

/** Returns the steps that run the whole product on this machine. */
export async function product(
	settings: Settings,
	{ home, scale, stop, durable = true }: { home: Home; scale: Scale; stop: AbortSignal; durable?: boolean },
): Promise<BackingServices> {
	const { external } = settings;
	const backing = await backingServices(home, { durable }, settings);
	const own = external.databases === undefined ? [ownDatabasesTask(home)] : [];
	const ownNames = own.map(({ name }) => name);
	const databases = external.databases ?? ownDatabases(home);
	const stripe = await stripeService(settings, home);
	const steps: Step[] = [
		...backing.steps,
		...own,
		...migrationTasks(databases, ownNames),
		{ kind: 'task', name: 'generated-code', dependsOn: [], run: () => runTask('generate', home.root, stop) },
		{
			kind: 'task',
			name: 'web',
			dependsOn: ['generated-code'],
			run: () => runTask('build', home.root, stop),
		},
		{
			kind: 'task',
			name: 'scratch',
			dependsOn: [],
			// workers that were killed left the files of their jobs
			run: async () => rmSync(join(home.data, 'scratch'), { recursive: true, force: true }),
		},
		...stripe.steps,
		...(await appProcesses({ settings, home, scale, databases, stripe: stripe.variables, ...backing })),
	];
	const names = new Set(steps.map(({ name }) => name));
	const isOurs = (name: string) => names.has(name) || !EXTERNAL.includes(name);
	return { ...backing, steps: steps.map((step) => ({ ...step, dependsOn: step.dependsOn.filter(isOurs) })) };
}
