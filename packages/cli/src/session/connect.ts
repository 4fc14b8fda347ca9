import { ApiError, type Client, createClient, type UntypedTools } from '@creatorr/client';
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
	/** The token or API key, which the API may reject. */
	token: string | undefined;
}

interface ConnectOptions {
	api?: string | undefined;
}

/**
 * Connects to the API of the options, of CREATORR_API, or of the last sign-in, in this order. Uses CREATORR_TOKEN, CREATORR_API_KEY, or the session of
 * that API.
 */
export function connect(io: Io, options: ConnectOptions): Promise<Connection> {
	return connectWith(io, options, io.env.CREATORR_API_KEY || undefined);
}

async function connectWith(
	{ env }: Io,
	options: ConnectOptions,
	apiKey: string | undefined,
): Promise<Connection> {
	const sessions = await readSessions(env);
	const api = normalize(options.api ?? (env.CREATORR_API || undefined) ?? sessions.api ?? DEFAULT_API);
	const token = (env.CREATORR_TOKEN || apiKey) ?? sessions.byApi[api]?.token;
	const variable = env.CREATORR_TOKEN ? 'CREATORR_TOKEN' : apiKey && 'CREATORR_API_KEY';
	const client = createClient<UntypedTools>({
		baseUrl: api,
		// A function, so that the client doesn't use a key of the environment.
		token: () => token,
		onUnauthorized: (error) => {
			throw withAdvice(error, variable);
		},
	});
	return { api, client, token };
}

/** Returns the error with a message that says what to do about a rejected token. Messages about API keys say that already. */
function withAdvice(error: ApiError, variable: string | undefined): ApiError {
	if (error.message.includes('API key')) return error;
	const message = variable
		? `The value of ${variable} is not valid or has expired. Correct it, or unset it and run creatorr login.`
		: 'Your session has ended. Sign in again: creatorr login';
	return new ApiError(message, error);
}

function requireToken(connection: Connection): Connection {
	if (connection.token !== undefined) return connection;
	throw new NotSignedInError(`You’re not signed in at ${connection.api}. Sign in first: creatorr login`);
}

/** Connects for a command that needs a session or an API key. */
export async function connectSignedIn(io: Io, options: ConnectOptions): Promise<Connection> {
	return requireToken(await connect(io, options));
}

/** Connects for a command that needs a session. Ignores CREATORR_API_KEY. */
export async function connectWithSession(io: Io, options: ConnectOptions): Promise<Connection> {
	return requireToken(await connectWith(io, options, undefined));
}

function normalize(api: string): string {
	const isAddress = /^https?:\/\/[^/?#]/.test(api) && URL.canParse(api);
	if (!isAddress) throw new UsageError(`"${api}" is not a valid API URL, such as https://api.example.com`);
	const { origin, pathname } = new URL(api);
	return `${origin}${pathname}`.replace(/\/+$/, '');
}
