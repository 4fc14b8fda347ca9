import type { Transport } from '../transport.ts';
import type { CallOptions, Session, SignedIn, User } from '../types.ts';

/** Registration, sign-in, sessions and passwords. */
export interface AccountCalls {
	register(
		account: { email: string; password: string; name?: string },
		options?: CallOptions,
	): Promise<SignedIn>;
	login(credentials: { email: string; password: string }, options?: CallOptions): Promise<SignedIn>;
	/** Revokes the token. When it resolves, every service rejects the token. */
	logout(options?: CallOptions): Promise<void>;
	/** Revokes all sessions of the user. */
	logoutAll(options?: CallOptions): Promise<void>;
	me(options?: CallOptions): Promise<User>;
	sessions(options?: CallOptions): Promise<Session[]>;
	endSession(id: string, options?: CallOptions): Promise<void>;
	/** Changes the password and revokes all other sessions. */
	changePassword(
		passwords: { current_password: string; new_password: string },
		options?: CallOptions,
	): Promise<void>;
	/** Requests a password reset email. Succeeds whether or not the account exists. */
	forgotPassword(email: string, options?: CallOptions): Promise<void>;
	/** Sets a password with the token of that email, and revokes all sessions. */
	resetPassword(reset: { token: string; new_password: string }, options?: CallOptions): Promise<void>;
	/**
	 * Verifies the email address with the token of the verification email, and a session or the password of that account. Revokes all other
	 * sessions of the account. Rejects with `invalid_credentials` without either.
	 */
	verifyEmail(token: string, options?: CallOptions & { password?: string | undefined }): Promise<void>;
	/** Requests another verification email. Sends none if the address is verified. */
	resendVerification(options?: CallOptions): Promise<void>;
	/** Deletes the account with its files and jobs. */
	delete(password: string, options?: CallOptions): Promise<void>;
}

export function createAccount({ api, body, list, done, failFastFetch }: Transport): AccountCalls {
	const requestOptions = ({ signal }: CallOptions = {}) => ({ signal: signal ?? null });
	const failFastOptions = (options?: CallOptions) => ({ ...requestOptions(options), fetch: failFastFetch });
	return {
		register: async (account, options) =>
			(await body(api.POST('/v1/auth/register', { body: account, ...requestOptions(options) }))).data,
		login: async (credentials, options) =>
			(await body(api.POST('/v1/auth/login', { body: credentials, ...requestOptions(options) }))).data,
		logout: (options) => done(api.POST('/v1/auth/logout', requestOptions(options))),
		logoutAll: (options) => done(api.POST('/v1/auth/logout-all', requestOptions(options))),
		me: async (options) => (await body(api.GET('/v1/me', requestOptions(options)))).data,
		sessions: async (options) => (await list(api.GET('/v1/auth/sessions', requestOptions(options)))).data,
		endSession: (id, options) =>
			done(api.DELETE('/v1/auth/sessions/{id}', { params: { path: { id } }, ...requestOptions(options) })),
		changePassword: (passwords, options) =>
			done(api.POST('/v1/auth/password', { body: passwords, ...failFastOptions(options) })),
		forgotPassword: (email, options) =>
			done(api.POST('/v1/auth/password/forgot', { body: { email }, ...requestOptions(options) })),
		resetPassword: (reset, options) =>
			done(api.POST('/v1/auth/password/reset', { body: reset, ...requestOptions(options) })),
		verifyEmail: (token, { password, ...options } = {}) => {
			const body = { token, ...(password !== undefined && { password }) };
			return done(api.POST('/v1/auth/verify', { body, ...failFastOptions(options) }));
		},
		resendVerification: (options) => done(api.POST('/v1/auth/verify/resend', failFastOptions(options))),
		delete: (password, options) =>
			done(api.DELETE('/v1/me', { body: { password }, ...failFastOptions(options) })),
	};
}
