import { createHmac } from 'node:crypto';
import { Agent } from 'node:http';
import { nextBase } from '../driver/client.ts';
import { type HttpResponse, send } from '../driver/http.ts';
import { isKnown, isRaw, type Plan } from './plan.ts';
import { memberOf, resolve, type World } from './world.ts';

export interface Sent extends HttpResponse {
	method: string;
	target: string;
}

/** Longer than every request that isn't stuck. Of a stream, only the first events are read. */
const LIMITS = { timeoutMs: 30_000, streamMs: 300 };

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** Sends one request of a plan. Rejects when there is no answer in time. */
export async function sendPlan(world: World, plan: Plan): Promise<Sent> {
	const { method } = plan;
	/** Replaces each {@link Known} in a value. Fields keep their names, `__proto__` included. */
	const fill = (value: unknown): unknown => {
		if (isKnown(value)) return resolve(world, plan.actor, value);
		if (Array.isArray(value)) return value.map(fill);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)]));
	};
	const target = targetOf(plan, fill);
	const raw = bodyOf(plan, fill);
	const headers = headersOf(world, plan, raw, fill);
	const response = await send(nextBase(), method, target, { raw, headers, agent, ...LIMITS });
	return { method, target, ...response };
}

type Fill = (value: unknown) => unknown;

function toText(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

function targetOf({ route, params, query }: Plan, fill: Fill): string {
	// A lone surrogate can't be percent-encoded.
	const encode = (value: unknown) =>
		isRaw(value) ? value.$raw : encodeURIComponent(toText(fill(value)).toWellFormed());
	const template = route.split(' ')[1] ?? '';
	const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(params[name]));
	const pairs = query.map(([name, value]) => `${encode(name)}=${encode(value)}`);
	return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function bodyOf({ body }: Plan, fill: Fill): Buffer | undefined {
	if (body === undefined) return undefined;
	if ('base64' in body) return Buffer.from(body.base64, 'base64');
	return Buffer.from(JSON.stringify(fill(body.json)) ?? 'null');
}

function headersOf(world: World, plan: Plan, body: Buffer | undefined, fill: Fill): Record<string, string[]> {
	const headers: Record<string, string[]> = {};
	const add = (name: string, value: string) => {
		const key = name.toLowerCase();
		// Node refuses to send other characters in a header; tests that write bytes themselves send them.
		headers[key] = [...(headers[key] ?? []), value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?')];
	};
	for (const [name, value] of plan.headers) add(name, toText(fill(value)));
	if (body && !headers['content-type']) add('content-type', 'application/json');
	if (plan.signed) add('stripe-signature', stripeSignature(world.webhookSecret, body));
	const token = plan.actor === 'forger' ? 'e30.e30.e30' : memberOf(world, plan.actor)?.person.token;
	if (token) add('authorization', `Bearer ${token}`);
	return headers;
}

/** Signs as Stripe does: https://docs.stripe.com/webhooks#verify-manually */
function stripeSignature(secret: string, body: Buffer = Buffer.alloc(0)): string {
	const seconds = Math.floor(Date.now() / 1000);
	const signature = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
	return `t=${seconds},v1=${signature}`;
}
