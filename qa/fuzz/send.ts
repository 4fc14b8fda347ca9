import { createHmac } from 'node:crypto';
import { Agent } from 'node:http';
import { nextBase } from '../driver/client.ts';
import { type Answer, send } from '../driver/http.ts';
import { isKnown, isRaw, type Plan } from './plan.ts';
import { memberOf, resolve, type World } from './world.ts';

export interface Sent extends Answer {
	method: string;
	target: string;
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

/** Sends one request as the plan says. Rejects when there is no answer in time. */
export async function sendPlan(world: World, plan: Plan): Promise<Sent> {
	const { method } = plan;
	const target = targetOf(world, plan);
	const raw = bodyOf(world, plan);
	const headers = headersOf(world, plan, raw);
	const limits = { timeoutMs: TIMEOUT_MS, streamMs: STREAM_MS };
	const answer = await send(nextBase(), method, target, { raw, headers, agent, ...limits });
	return { method, target, ...answer };
}
