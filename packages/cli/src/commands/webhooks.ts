import type { Delivery, DeliveryWithAttempts, Recovery, Webhook } from '@creatorr/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { printJson } from '../display/print.ts';
import { formatTable } from '../display/table.ts';
import type { Io } from '../io.ts';
import { connectSignedIn, type ToolClient } from '../session/connect.ts';
import { collect, parseLimit } from './collect.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';

type Types = NonNullable<Parameters<ToolClient['webhooks']['create']>[0]['events']>;

/** Adds the commands for webhook endpoints, as `creatorr webhooks …`. */
export function addWebhookCommands(program: Command, io: Io): void {
	const webhooks = program.command('webhooks').description('Receive events at your server');
	const add = (usage: string, description: string) =>
		withCommonOptions(webhooks.command(usage).description(description));
	addEndpointCommands(add, io);
	addDeliveryCommands(add, io);
}

type Add = (usage: string, description: string) => Command;

/** Connects, calls the API, and prints the result as JSON or as text. */
async function show<T>(
	io: Io,
	options: CommonOptions,
	{ call, text }: { call(client: ToolClient): Promise<T>; text(result: T): string },
): Promise<void> {
	const { client } = await connectSignedIn(io, options);
	const result = await call(client);
	if (options.json) printJson(io, result ?? {});
	else if (!options.quiet) io.stdout.write(text(result));
}

function addEndpointCommands(add: Add, io: Io): void {
	const { signal } = io;
	add('list', 'List your endpoints').action((options: CommonOptions) =>
		show(io, options, {
			call: ({ webhooks }) => webhooks.list({ signal }),
			text: (all) => formatTable([ENDPOINT_HEAD, ...all.map(endpointRow)]),
		}),
	);
	add('create <url>', 'Create an endpoint and show its secret')
		.option('--events <types>', 'Types to receive, separated by commas (default: all)', parseTypes)
		.option('--description <text>', 'What it is for')
		.action((url: string, { events, description, ...options }: CommonOptions & EndpointOptions) =>
			show(io, options, {
				call: ({ webhooks }) =>
					webhooks.create(
						{ url, ...(events && { events }), ...(description !== undefined && { description }) },
						{ signal },
					),
				text: ({ id, secret }) => `Created ${id}.\nSecret (shown only once): ${secret}\n`,
			}),
		);
	for (const [name, status] of [
		['enable', 'enabled'],
		['disable', 'disabled'],
	] as const)
		add(`${name} <id>`, `${name === 'enable' ? 'Enable' : 'Disable'} an endpoint`).action(
			(id: string, options: CommonOptions) =>
				show(io, options, {
					call: ({ webhooks }) => webhooks.update(id, { status }, { signal }),
					text: () => `${id} is ${status}.\n`,
				}),
		);
	add('delete <id>', 'Delete an endpoint').action((id: string, options: CommonOptions) =>
		show(io, options, {
			call: ({ webhooks }) => webhooks.delete(id, { signal }),
			text: () => `Deleted ${id}.\n`,
		}),
	);
	add('rotate-secret <id>', 'Create a new secret for an endpoint')
		.option('--grace <seconds>', 'How long the old secret stays in use (default: 86400)', parseSeconds)
		.action((id: string, { grace, ...options }: CommonOptions & { grace?: number }) =>
			show(io, options, {
				call: ({ webhooks }) => webhooks.rotateSecret(id, { graceSeconds: grace, signal }),
				text: ({ secret }) => `New secret (shown only once): ${secret}\n`,
			}),
		);
}

interface EndpointOptions {
	events?: Types;
	description?: string;
}

interface DeliveriesOptions {
	status?: Delivery['status'];
	limit: number;
}

function addDeliveryCommands(add: Add, io: Io): void {
	const { signal } = io;
	add('test <id>', 'Send a test event to an endpoint').action((id: string, options: CommonOptions) =>
		show(io, options, {
			call: ({ webhooks }) => webhooks.test(id, { signal }),
			text: ({ delivery_id }) => `Sending ${delivery_id}.\n`,
		}),
	);
	add('deliveries <id>', 'List the deliveries to an endpoint, newest first')
		.addOption(
			new Option('--status <status>', 'Filter by status').choices(['pending', 'succeeded', 'failed']),
		)
		.option('--limit <count>', 'Maximum number to list', parseLimit, 20)
		.action((id: string, { status, limit, ...options }: CommonOptions & DeliveriesOptions) =>
			show(io, options, {
				call: ({ webhooks }) =>
					collect(limit, (page) =>
						webhooks.deliveries(id, { ...(status && { status }), ...page }, { signal }),
					),
				text: (all) => formatTable([DELIVERY_HEAD, ...all.map(deliveryRow)]),
			}),
		);
	add('delivery <id> <delivery>', 'Show a delivery with its attempts').action(
		(id: string, delivery: string, options: CommonOptions) =>
			show(io, options, {
				call: ({ webhooks }) => webhooks.delivery(id, delivery, { signal }),
				text: describeDelivery,
			}),
	);
	add('replay <id> <delivery>', 'Send a delivery again').action(
		(id: string, delivery: string, options: CommonOptions) =>
			show(io, options, {
				call: ({ webhooks }) => webhooks.replay(id, delivery, { signal }),
				text: ({ delivery_id }) => `Sending ${delivery_id}.\n`,
			}),
	);
	add('recover <id>', 'Send the events that an endpoint has missed')
		.requiredOption('--since <time>', 'From this time on, such as 2026-01-31T00:00:00Z')
		.option('--until <time>', 'Before this time (default: now)')
		.action((id: string, { since, until, ...options }: CommonOptions & { since: string; until?: string }) =>
			show(io, options, {
				call: ({ webhooks }) => webhooks.recover(id, { since, until }, { signal }),
				text: describeRecovery,
			}),
		);
}

const ENDPOINT_HEAD = ['WEBHOOK', 'STATUS', 'EVENTS', 'URL'];

function endpointRow({ id, status, disabled_reason, events, url }: Webhook): string[] {
	return [id, disabled_reason ? `${status} (${disabled_reason})` : status, events.join(','), url];
}

const DELIVERY_HEAD = ['DELIVERY', 'EVENT', 'STATUS', 'ATTEMPTS', 'CREATED', 'NEXT ATTEMPT'];

function deliveryRow(delivery: Delivery): string[] {
	const { id, event_type, status, attempt_count, created_at, next_attempt_at = '' } = delivery;
	return [id, event_type, status, String(attempt_count), created_at, next_attempt_at];
}

function describeDelivery(delivery: DeliveryWithAttempts): string {
	const attempts = delivery.attempts.map((attempt) => [
		...[String(attempt.number), attempt.started_at, `${attempt.duration_ms} ms`],
		String(attempt.response_status ?? attempt.error ?? ''),
		(attempt.response_excerpt ?? '').split('\n', 1)[0] ?? '',
	]);
	return (
		formatTable([DELIVERY_HEAD, deliveryRow(delivery)]) +
		`\n${JSON.stringify(delivery.event, null, 2)}\n\n` +
		formatTable([['ATTEMPT', 'STARTED', 'DURATION', 'RESPONSE', ''], ...attempts])
	);
}

function describeRecovery({ count, continue_at }: Recovery): string {
	const sending = `Sending ${count} ${count === 1 ? 'delivery' : 'deliveries'}.\n`;
	return continue_at === undefined
		? sending
		: `${sending}More are left. Run the command again at ${continue_at} to send them.\n`;
}

function parseTypes(text: string): Types {
	// The API validates the types.
	return text.split(',').map((type) => type.trim()) as Types;
}

function parseSeconds(text: string): number {
	if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Must be a number of seconds.');
	return Number(text);
}
