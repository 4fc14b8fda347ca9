import { randomBytes } from 'node:crypto';
import { requireVariable } from './environment.ts';
import { type HttpResponse, type SendOptions, send } from './http.ts';
import { checkAgainstDocument } from './openapi.ts';

export const BASE_URL = requireVariable('TEST_BASE_URL');
export const SECOND_BASE_URL = requireVariable('TEST_BASE_URL_2');

export type { HttpResponse } from './http.ts';

export interface CallOptions extends SendOptions {
	/** The gateway; by default the gateways in turn. */
	base?: string;
}

let turn = 0;

/** Returns the gateways in turn, as a load balancer does. */
export function nextBase(): string {
	turn += 1;
	return turn % 2 === 0 ? SECOND_BASE_URL : BASE_URL;
}

/** Sends one request. @throws when the answer isn't one that the OpenAPI document promises */
export async function call(method: string, path: string, options: CallOptions = {}): Promise<HttpResponse> {
	const { base = nextBase(), ...sent } = options;
	// Normalized as in a browser.
	const { pathname, search } = new URL(base + path);
	const response = await send(base, method, pathname + search, sent);
	await checkAgainstDocument(method, path, response);
	return response;
}

export const PASSWORD = 'correct horse battery';

export interface Person {
	token: string;
	email: string;
	id: string;
}

export function newEmail(): string {
	return `person-${randomBytes(9).toString('hex')}@example.com`;
}

export async function newPerson(): Promise<Person> {
	const email = newEmail();
	const response = await call('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
	if (response.status !== 201) throw new Error(`register answered ${response.status} ${response.text}`);
	return { token: response.body.data.token, email, id: response.body.data.user.id };
}

export async function signIn(email: string, options: CallOptions = {}): Promise<string> {
	const response = await call('POST', '/v1/auth/login', { ...options, body: { email, password: PASSWORD } });
	if (response.status !== 200) throw new Error(`login answered ${response.status} ${response.text}`);
	return response.body.data.token;
}

/** Returns a well-formed id that no resource has. */
export function nobodysId(prefix: 'fil' | 'job' | 'ses' | 'key'): string {
	return `${prefix}_01ARZ3NDEKTSV4RRFFQ69G5FAV`;
}
