import { baseConfigSchema } from '@creatorr/service/config';
import { z } from 'zod';
import { configSchema as auth } from '../../../../apps/auth/src/config.ts';
import { configSchema as billing } from '../../../../apps/billing/src/config.ts';
import { configSchema as files } from '../../../../apps/files/src/config.ts';
import { configSchema as gateway } from '../../../../apps/gateway/src/config.ts';
import { configSchema as jobs } from '../../../../apps/jobs/src/config.ts';
import { configSchema as toolWorker } from '../../../../apps/tool-worker/src/config.ts';
import { configSchema as webhooks } from '../../../../apps/webhooks/src/config.ts';
import { environmentSchema } from './settings.ts';

const SERVICES = { gateway, auth, files, jobs, billing, webhooks, 'tool-worker': toolWorker };

/** Defaults that depend on the machine, in words. */
const COMPUTED_DEFAULTS: Readonly<Record<string, string>> = {
	BCRYPT_CONCURRENCY: 'cores − 1, at least 1',
	CREATORR_HOME: '`.local/`',
	BACKGROUND_SLOTS: 'one for each 2 GiB of memory, at most 2 for each core, at least 2',
	RABBITMQ_DISK_FREE_LIMIT_BYTES: '5% of the disk, from 256 MiB to 1 GiB',
	TOOL_CONCURRENCY: 'cores, at least 2',
	WORKER_CONCURRENCY: 'cores',
};

const fieldSchema = z.looseObject({
	default: z.unknown().optional(),
	description: z.string().default(''),
	deprecatedName: z.string().optional(),
});
const objectSchema = z.looseObject({
	properties: z.record(z.string(), fieldSchema),
	required: z.array(z.string()).default([]),
});

/**
 * Larger units for numbers, by the unit in a setting's name, such as MAX_BODY_BYTES_PER_NETWORK. The first unit that divides a number is
 * shown beside it.
 */
const LARGER_UNITS: Readonly<Record<string, readonly (readonly [unit: string, size: number])[]>> = {
	BYTES: [
		['MiB', 1024 ** 2],
		['KiB', 1024],
		['GB', 1_000_000_000],
	],
	HOURS: [['days', 24]],
	MS: [['s', 1_000]],
	SECONDS: [
		['days', 24 * 3_600],
		['h', 3_600],
		['min', 60],
	],
};

function numberText(name: string, value: number): string {
	const units = name.split('_').flatMap((word) => LARGER_UNITS[word] ?? []);
	const [unit, size] =
		units.find(
			([larger, each]) => value % each === 0 && (value > each || larger === 'h' || larger === 'GB'),
		) ?? [];
	return size === undefined ? `${value}` : `${value} (${value / size} ${unit})`;
}

function defaultOf(name: string, value: unknown, isRequired: boolean): string {
	const computed = COMPUTED_DEFAULTS[name];
	if (computed !== undefined) return computed;
	if (isRequired) return 'required';
	if (value === undefined || value === '' || value === '{}') return 'none';
	return typeof value === 'number' ? numberText(name, value) : `\`${String(value)}\``;
}

function meaningOf({ description, deprecatedName }: z.output<typeof fieldSchema>): string {
	return deprecatedName === undefined
		? description
		: `${description} Deprecated name: \`${deprecatedName}\`.`;
}

/** Returns name, default and meaning of each setting of a schema, in alphabetical order. */
function rowsOf(schema: z.ZodType): string[][] {
	const { properties, required } = objectSchema.parse(
		z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
	);
	return Object.entries(properties)
		.toSorted(([one], [other]) => (one < other ? -1 : 1))
		.map(([name, field]) => [
			`\`${name}\``,
			defaultOf(name, field.default, required.includes(name)),
			meaningOf(field),
		]);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

const INTRODUCTION = `# Settings

All settings are environment variables. A service reads them once, at startup. If some are wrong, it does not start, and names all of them.
\`npm start\` passes your environment on to the services, except ports, secrets and internal URLs, which it sets itself. With Docker Compose, settings are in \`.env\`
and \`settings.env\` ([deploy.md](deploy.md#docker-compose)); on Kubernetes in \`settings.env\` of the overlay and in Secrets ([deploy.md](deploy.md#kubernetes)).
[How to change a setting](runbooks/README.md#change-a-setting).

Names follow one scheme. \`_TTL_\` is how long a token, URL or key is valid, \`_RETENTION_\` how long rows are kept, \`_INTERVAL_\` the time between runs of a task, \`MAX_\` a limit,
\`_PER_NETWORK\` a limit for each IPv4 address or IPv6 /64. A deprecated name works for one release and wins over the new one: the service logs \`config.deprecated_setting\`.

This page is generated: \`node infra/local/src/settings/write-settings-page.ts\`. The descriptions are in \`config.ts\` of each service.
`;

const NPM_START = `\`npm start\` reads these itself. It runs its own PostgreSQL, RabbitMQ, store and stand-in for Stripe. To use your own server instead, set
\`AMQP_URL\`, all five \`…_DATABASE_URL\`, the \`S3_…\` or the \`STRIPE_…\` settings. If some of a server's settings are missing, \`npm start\` names them.
`;

const TRACING = `## Tracing

Every service reads OpenTelemetry's variables: [observability.md](observability.md#traces) lists them.
`;

/** Returns docs/settings.md. */
export function settingsPage(): string {
	const base = rowsOf(baseConfigSchema);
	const ofServices = Object.entries(SERVICES).flatMap(([service, schema]) =>
		rowsOf(schema)
			.filter(([name]) => !base.some(([other]) => other === name))
			.map((row) => ({ service, row })),
	);
	const groups = [...Map.groupBy(ofServices, ({ row }) => row.join('|')).values()];
	const own = groups.flatMap((group) => (group.length === 1 ? group : []));
	const ownRowsOf = (service: string) => own.filter((one) => one.service === service).map(({ row }) => row);
	const shared = groups
		.filter((group) => group.length > 1)
		.map((group) => [...(group[0]?.row ?? []), group.map(({ service }) => service).join(', ')])
		.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1));
	const header = ['setting', 'default', 'meaning'];
	return [
		INTRODUCTION,
		`## npm start\n\n${NPM_START}\n${table(header, rowsOf(environmentSchema))}\n`,
		`## All services\n\n${table(header, base)}\n`,
		`## Several services\n\n${table([...header, 'services'], shared)}\n`,
		...Object.keys(SERVICES).map((service) => `## ${service}\n\n${table(header, ownRowsOf(service))}\n`),
		TRACING,
	].join('\n');
}
