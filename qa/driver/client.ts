import { randomBytes } from 'node:crypto';
import { checkAgainstDocument } from './openapi.ts';

function required(name: string): string {
	const value = process.env[name];
	if (!value)
		throw new Error(
			`${name} is not set: run npm test, or start the stack and set it to the gateway's address`,
		);
	return value;
}

export const BASE_URL = required('TEST_BASE_URL');
export const SECOND_BASE_URL = required('TEST_BASE_URL_2');

export interface Answer {
	status: number;
	headers: Headers;
	/** The parsed body; undefined where there is none. */
	// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the product answered, and fails when it is not there
	body: any;
	text: string;
}

export interface CallOptions {
	token?: string | undefined;
	/** Sent as JSON. */
	body?: unknown;
	/** Sent as it is. */
	raw?: string | Uint8Array;
	headers?: Record<string, string>;
	/** The one gateway that is meant. */
	base?: string;
	signal?: AbortSignal;
}

let turn = 0;

/** The gateways in turn, as a client behind a balancer gets them. */
export function nextBase(): string {
	turn += 1;
	return turn % 2 === 0 ? SECOND_BASE_URL : BASE_URL;
}

/** One request, to either gateway; whatever comes back must be what the OpenAPI document promises. */
export async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
	const headers: Record<string, string> = { ...options.headers };
	if (options.token) headers.authorization = `Bearer ${options.token}`;
	if (options.body !== undefined) headers['content-type'] ??= 'application/json';
	const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
	const response = await fetch((options.base ?? nextBase()) + path, {
		method,
		headers,
		redirect: 'manual',
		...(payload === undefined ? {} : { body: payload as string | Uint8Array<ArrayBuffer> }),
		...(options.signal ? { signal: options.signal } : {}),
	});
	const text = await response.text();
	const isJson = response.headers.get('content-type')?.includes('json');
	const answer = {
		status: response.status,
		headers: response.headers,
		text,
		body: text && isJson ? JSON.parse(text) : undefined,
	};
	await checkAgainstDocument(method, path, answer);
	return answer;
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

/** Registers somebody new. */
export async function newPerson(): Promise<Person> {
	const email = newEmail();
	const answer = await call('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
	if (answer.status !== 201) throw new Error(`register answered ${answer.status} ${answer.text}`);
	return { token: answer.body.data.token, email, id: answer.body.data.user.id };
}

export async function signIn(email: string, options: CallOptions = {}): Promise<string> {
	const answer = await call('POST', '/v1/auth/login', { ...options, body: { email, password: PASSWORD } });
	if (answer.status !== 200) throw new Error(`login answered ${answer.status} ${answer.text}`);
	return answer.body.data.token;
}

/** An id that is well-formed and names nothing. */
export function nobodysId(prefix: 'fil' | 'job' | 'ses'): string {
	return `${prefix}_01ARZ3NDEKTSV4RRFFQ69G5FAV`;
}
