import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Event } from '@creatorr/client';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { connectSignedIn, type ToolClient } from '../session/connect.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';

interface ListenOptions extends CommonOptions {
	forwardTo: string;
	events?: string;
}

const POLL_MS = 1_000;
const PAGE = 100;
/** Requests overlap, because an event can be recorded after a later one. */
const OVERLAP_MS = 60_000;
const FORWARD_TIMEOUT_MS = 15_000;

/** Adds `creatorr listen`, which needs no public URL: it asks for new events and sends them to a local server. */
export function addListenCommand(program: Command, io: Io): void {
	withCommonOptions(
		program.command('listen').description('Forward new events to a local server, until you press Ctrl-C'),
	)
		.requiredOption('--forward-to <url>', 'Where to send them, such as http://localhost:3000/webhooks')
		.option('--events <types>', 'Types to forward, separated by commas (default: all)')
		.action(async ({ forwardTo, events, ...options }: ListenOptions) => {
			if (!/^https?:\/\/[^/?#]/.test(forwardTo) || !URL.canParse(forwardTo))
				throw new UsageError(`"${forwardTo}" is not a URL, such as http://localhost:3000/webhooks`);
			const { api, client } = await connectSignedIn(io, options);
			const secret = `whsec_${randomBytes(32).toString('base64')}`;
			if (!options.quiet)
				io.stderr.write(`Forwarding events of ${api} to ${forwardTo}\nSigning secret: ${secret}\n`);
			const types = events?.split(',').map((type) => type.trim());
			await forwardEvents(io, client, { forwardTo, secret, types, json: options.json ?? false });
		});
}

interface Forwarding {
	forwardTo: string;
	secret: string;
	types: readonly string[] | undefined;
	json: boolean;
}

/** Forwards events until the signal aborts. */
async function forwardEvents(io: Io, client: ToolClient, forwarding: Forwarding): Promise<void> {
	// Starts at the latest event: its time is by the API's clock, which may differ from this machine's.
	const { data: earlier } = await client.webhooks.events({ limit: PAGE }, { signal: io.signal });
	const seen = new Set(earlier.map(({ id }) => id));
	let latest = Math.max(0, ...earlier.map(({ timestamp }) => Date.parse(timestamp)));
	while (true) {
		const since = new Date(Math.max(0, latest - OVERLAP_MS)).toISOString();
		const found = await findEvents(client, since, io.signal);
		for (const event of found.toReversed()) {
			if (seen.has(event.id)) continue;
			seen.add(event.id);
			latest = Math.max(latest, Date.parse(event.timestamp));
			if (forwarding.types && !forwarding.types.includes(event.type)) continue;
			report(io, event, await forward(event, forwarding, io.signal), forwarding.json);
		}
		await sleep(POLL_MS, undefined, { signal: io.signal }).catch(() => io.signal.throwIfAborted());
	}
}

async function findEvents(client: ToolClient, since: string, signal: AbortSignal): Promise<Event[]> {
	const events: Event[] = [];
	for (let cursor: string | null | undefined; cursor !== null; ) {
		const page = await client.webhooks.events({ since, limit: PAGE, ...(cursor && { cursor }) }, { signal });
		events.push(...page.data);
		cursor = page.next_cursor;
	}
	return events;
}

/** Sends an event as the API does. Returns the status, or why there was no response. */
async function forward(
	event: Event,
	{ forwardTo, secret }: Forwarding,
	signal: AbortSignal,
): Promise<string> {
	const { id, type, timestamp, data } = event;
	const body = JSON.stringify({ type, timestamp, data });
	const sentAt = String(Math.floor(Date.now() / 1_000));
	const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
	const signature = createHmac('sha256', key).update(`${id}.${sentAt}.${body}`).digest('base64');
	try {
		const response = await fetch(forwardTo, {
			method: 'POST',
			body,
			redirect: 'manual',
			signal: AbortSignal.any([signal, AbortSignal.timeout(FORWARD_TIMEOUT_MS)]),
			headers: {
				'content-type': 'application/json',
				'webhook-id': id,
				'webhook-timestamp': sentAt,
				'webhook-signature': `v1,${signature}`,
			},
		});
		await response.body?.cancel();
		return String(response.status);
	} catch (error) {
		signal.throwIfAborted();
		const { cause } = error as { cause?: { code?: string } };
		return cause?.code ?? (error as Error).name;
	}
}

function report({ stdout }: Io, event: Event, result: string, json: boolean): void {
	stdout.write(
		json
			? `${JSON.stringify({ ...event, response: result })}\n`
			: `${event.timestamp}  ${event.type}  ${event.id}  → ${result}\n`,
	);
}
