import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { home } from './processes.ts';

interface LocalStripe {
	api_base: string;
	secret_key: string;
	webhook_secret: string;
}

/** Returns address and keys of the running product's Stripe. */
export async function localStripe(): Promise<LocalStripe> {
	return JSON.parse(await readFile(join(home(), 'stripe.json'), 'utf8'));
}

/** Sends a request as billing does. */
export async function askStripe(method: string, path: string, form: Record<string, string> = {}) {
	const { api_base, secret_key } = await localStripe();
	const response = await fetch(api_base + path, {
		method,
		headers: { authorization: `Bearer ${secret_key}` },
		...(method === 'GET' ? {} : { body: new URLSearchParams(form) }),
	});
	// biome-ignore lint/suspicious/noExplicitAny: a test reads any answer
	return (await response.json()) as any;
}

/** Sends a request that only the local Stripe has. */
export async function controlStripe(path: string, body: object) {
	const { api_base, secret_key } = await localStripe();
	const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret_key}` };
	const request = { method: 'POST', headers, body: JSON.stringify(body) };
	const response = await fetch(`${api_base}/_control${path}`, request);
	if (!response.ok) throw new Error(`${path} answered ${response.status} ${await response.text()}`);
	// biome-ignore lint/suspicious/noExplicitAny: a test reads any answer
	return (await response.json()) as any;
}
