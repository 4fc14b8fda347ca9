import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import type { Job } from '@creatorr/contracts/jobs';
import type { SignIdentity, UserKey } from '@creatorr/service/identity';

export interface ApiResponse {
	status: number;
	headers: Headers;
	// biome-ignore lint/suspicious/noExplicitAny: tests inspect any response
	body: any;
}

export type User = ReturnType<typeof createUser>;

/** Sends a user's requests as the gateway does. `at` returns the same user at another replica. */
export function createUser(url: string, sign: SignIdentity, id = newId('usr'), key?: UserKey) {
	const caller = key ? { id, key } : { id, sessionId: newId('ses') };
	/** Signs for each request, because identities expire within a minute. */
	const signIdentity = () => sign(caller);

	async function call(method: string, path: string, body?: unknown, headers = {}): Promise<ApiResponse> {
		const response = await fetch(url + path, {
			method,
			headers: { [IDENTITY_HEADER]: signIdentity(), 'content-type': 'application/json', ...headers },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		return {
			status: response.status,
			headers: response.headers,
			body: text === '' ? undefined : JSON.parse(text),
		};
	}

	const create = (body: unknown, key?: string) =>
		call('POST', '/v1/jobs', body, key === undefined ? {} : { 'Idempotency-Key': key });

	return {
		id,
		signIdentity,
		call,
		create,
		/** Creates a valid job and returns its id. */
		async enqueue(tool = 'compress_heavy'): Promise<string> {
			const response = await create({ tool, input_file_id: newId('fil') });
			if (response.status !== 201) throw new Error(JSON.stringify(response.body));
			return response.body.data.id;
		},
		read: (jobId: string, query = '') => call('GET', `/v1/jobs/${jobId}${query}`),
		async job(jobId: string): Promise<Job> {
			return (await call('GET', `/v1/jobs/${jobId}`)).body.data;
		},
		cancel: (jobId: string) => call('POST', `/v1/jobs/${jobId}/cancel`),
		remove: (jobId: string) => call('DELETE', `/v1/jobs/${jobId}`),
		stream: (jobId: string, signal?: AbortSignal) =>
			fetch(`${url}/v1/jobs/${jobId}/events`, {
				headers: { [IDENTITY_HEADER]: signIdentity() },
				...(signal ? { signal } : {}),
			}),
		at: (otherUrl: string) => createUser(otherUrl, sign, id),
		/** Returns the same user with an API key for these tools. */
		withKey: (tools: readonly string[] | null) => createUser(url, sign, id, { id: newId('key'), tools }),
	};
}
