import { createHmac } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { nextBase } from '../driver/client.ts';
import { isKnown, isRaw, type Plan } from './plan.ts';
import { memberOf, resolve, type World } from './world.ts';

/** An answer, or why there was none. */
export interface Sent {
	method: string;
	target: string;
	status: number;
	headers: Headers;
	text: string;
}

/** Longer than anything takes that is not stuck. */
const TIMEOUT_MS = 30_000;
/** Of a stream only the beginning is read. */
const STREAM_MS = 300;

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** What a plan says, with every mark replaced; fields keep their names, `__proto__` included. */
function filled(world: World, plan: Plan, value: unknown): unknown {
	if (isKnown(value)) return resolve(world, plan.actor, value);
	if (Array.isArray(value)) return value.map((item) => filled(world, plan, item));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(world, plan, item)]));
}

function textOf(world: World, plan: Plan, value: unknown): string {
	const known = filled(world, plan, value);
	return typeof known === 'string' ? known : JSON.stringify(known);
}

function encoded(world: World, plan: Plan, value: unknown): string {
	if (isRaw(value)) return value.$raw;
	// Percent-encoding knows no lone surrogates.
	return encodeURIComponent(textOf(world, plan, value).toWellFormed());
}

function targetOf(world: World, plan: Plan): string {
	const path = (plan.route.split(' ')[1] ?? '').replaceAll(/\{(\w+)\}/g, (_, name: string) =>
		encoded(world, plan, plan.params[name]),
	);
	const query = plan.query.map(
		([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encoded(world, plan, value)}`,
	);
	return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

/** Node refuses to send what no header may hold; what is refused here is sent in tests that write bytes themselves. */
function sendable(text: string): string {
	return text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}

function headersOf(world: World, plan: Plan, body: Buffer | undefined): Record<string, string[]> {
	const headers: Record<string, string[]> = {};
	const add = (name: string, value: string) => {
		const key = name.toLowerCase();
		headers[key] = [...(headers[key] ?? []), sendable(value)];
	};
	for (const [name, value] of plan.headers) add(name, textOf(world, plan, value));
	if (body && !headers['content-type']) add('content-type', 'application/json');
	if (body) headers['content-length'] = [String(body.length)];
	if (plan.signed) add('stripe-signature', stripeSignature(world.webhookSecret, body));
	if (plan.actor === 'forger') add('authorization', 'Bearer e30.e30.e30');
	else if (plan.actor !== 'nobody')
		add('authorization', `Bearer ${memberOf(world, plan.actor).person.token}`);
	return headers;
}

/** As Stripe signs: https://docs.stripe.com/webhooks#verify-manually */
function stripeSignature(secret: string, body: Buffer = Buffer.alloc(0)): string {
	const seconds = Math.floor(Date.now() / 1000);
	const signature = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
	return `t=${seconds},v1=${signature}`;
}

function bodyOf(world: World, plan: Plan): Buffer | undefined {
	const { body } = plan;
	switch (body.kind) {
		case 'none':
			return undefined;
		case 'raw':
			return Buffer.from(body.base64, 'base64');
		case 'json':
			return Buffer.from(JSON.stringify(filled(world, plan, body.value)) ?? 'null');
	}
}

function read(answer: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	const isStream = answer.headers['content-type'] === 'text/event-stream';
	return new Promise((resolveText, reject) => {
		const end = () => resolveText(Buffer.concat(chunks).toString());
		answer.on('data', (chunk: Buffer) => chunks.push(chunk));
		answer.once('end', end);
		answer.once('error', reject);
		if (!isStream) return;
		setTimeout(() => {
			end();
			answer.destroy();
		}, STREAM_MS);
	});
}

/** Sends one request as the plan says. Rejects when there is no answer in time. */
export function send(world: World, plan: Plan): Promise<Sent> {
	const { method } = plan;
	const target = targetOf(world, plan);
	const body = bodyOf(world, plan);
	const { hostname, port } = new URL(nextBase());
	return new Promise((resolveSent, reject) => {
		const outgoing = request({
			agent,
			hostname,
			port,
			method,
			path: target,
			headers: headersOf(world, plan, body),
		});
		outgoing.setTimeout(TIMEOUT_MS, () =>
			outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)),
		);
		outgoing.once('error', reject);
		outgoing.once('response', (answer) => {
			const headers = new Headers();
			for (const [name, value] of Object.entries(answer.headers)) headers.set(name, String(value));
			read(answer).then(
				(text) => resolveSent({ method, target, status: answer.statusCode ?? 0, headers, text }),
				reject,
			);
		});
		outgoing.end(body);
	});
}
