import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { home } from './processes.ts';

interface LocalStripe {
	api_base: string;
	secret_key: string;
	webhook_secret: string;
}

/** The Stripe of the running stack: its address and keys. */
export async function localStripe(): Promise<LocalStripe> {
	return JSON.parse(await readFile(join(home(), 'stripe.json'), 'utf8'));
}

/** A request as the billing service would make it. */
export async function askStripe(method: string, path: string, form: Record<string, string> = {}) {
	const { api_base, secret_key } = await localStripe();
	const answer = await fetch(api_base + path, {
		method,
		headers: { authorization: `Bearer ${secret_key}` },
		...(method === 'GET' ? {} : { body: new URLSearchParams(form) }),
	});
	// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
	return (await answer.json()) as any;
}

/** A request to what only a Stripe on this machine can do. */
export async function controlStripe(path: string, body: object) {
	const { api_base, secret_key } = await localStripe();
	const answer = await fetch(`${api_base}/_control${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', authorization: `Bearer ${secret_key}` },
		body: JSON.stringify(body),
	});
	if (!answer.ok) throw new Error(`${path} answered ${answer.status} ${await answer.text()}`);
	// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
	return (await answer.json()) as any;
}
