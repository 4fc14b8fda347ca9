import { type Client, createClient, type UntypedTools } from '@creatorr/client';
import { NotSignedInError, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { readSessions } from './session-file.ts';

const DEFAULT_API = 'http://127.0.0.1:8080';

export type ToolClient = Client<UntypedTools>;

export interface Connection {
	/** URL of the API, without a trailing slash. */
	api: string;
	/** Accepts any tool: the API says which exist. */
	client: ToolClient;
	/** The token, which the API may reject. */
	token: string | undefined;
}

/** Connects to the given API, that of CREATORR_API, or that of the last sign-in, with its session. */
export async function connect({ env }: Io, given: { api?: string | undefined }): Promise<Connection> {
	const sessions = await readSessions(env);
	const api = normalize(given.api ?? (env.CREATORR_API || undefined) ?? sessions.api ?? DEFAULT_API);
	const token = env.CREATORR_TOKEN || sessions.byApi[api]?.token;
	return { api, client: createClient<UntypedTools>({ baseUrl: api, token }), token };
}

/** Connects for a command that needs a session. */
export async function connectSignedIn(io: Io, given: { api?: string | undefined }): Promise<Connection> {
	const connection = await connect(io, given);
	if (connection.token !== undefined) return connection;
	throw new NotSignedInError(`You’re not signed in at ${connection.api}. Sign in first: creatorr login`);
}

function normalize(api: string): string {
	const isAddress = /^https?:\/\/[^/?#]/.test(api) && URL.canParse(api);
	if (!isAddress) throw new UsageError(`"${api}" is not a valid API URL, such as https://api.example.com`);
	const { origin, pathname } = new URL(api);
	return `${origin}${pathname}`.replace(/\/+$/, '');
}
