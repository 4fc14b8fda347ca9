import { z } from 'zod';
import { BODY_LIMIT } from './body-limit.ts';
import { idSchema } from './ids.ts';
import { defineOperation, enveloped } from './operation.ts';
import { planSchema } from './plans.ts';
import { characterCount, isStorableText, textSchema, timestampSchema } from './text.ts';

const PASSWORD_MIN_CHARACTERS = 8;
/** bcrypt ignores further bytes, so a longer password would be cut silently. */
const PASSWORD_MAX_BYTES = 72;

const EXAMPLE_PASSWORD = 'correct horse battery';
const EXAMPLE_EMAIL = 'you@example.com';

const NEW_PASSWORD_META = {
	minLength: PASSWORD_MIN_CHARACTERS,
	description:
		'At most 72 bytes in UTF-8. Must be hard to guess: common passwords and passwords that contain the email are rejected.',
	examples: [EXAMPLE_PASSWORD],
};

/** A password that a user chooses. */
export const newPasswordSchema = z
	.string()
	.refine(isStorableText, { error: 'must be well-formed Unicode without NUL' })
	.refine((text) => characterCount(text) >= PASSWORD_MIN_CHARACTERS, {
		error: `must have at least ${PASSWORD_MIN_CHARACTERS} characters`,
	})
	.refine((text) => Buffer.byteLength(text) <= PASSWORD_MAX_BYTES, {
		error: `must have at most ${PASSWORD_MAX_BYTES} characters; accented letters and emoji count as several`,
	})
	.meta(NEW_PASSWORD_META);

/** A password to compare. Any text: a wrong one gets the same response as every other wrong one. */
const givenPasswordSchema = z
	.string()
	.max(1024)
	.meta({ examples: [EXAMPLE_PASSWORD] });

const emailSchema = z
	.string()
	.meta({ examples: [EXAMPLE_EMAIL] })
	.transform((text) => text.trim().toLowerCase())
	.pipe(z.email({ error: 'must be an email address' }).max(254));

export const userSchema = z
	.object({
		id: idSchema('usr'),
		email: z.string().meta({ maxLength: 254 }),
		email_verified: z.boolean().meta({ description: 'Whether the email address is verified.' }),
		name: z.string().nullable().meta({ maxLength: 255 }),
		plan: planSchema,
	})
	.meta({ id: 'User' });

/** A token from a mail. Any text: a wrong token gets the same response as a used or expired one. */
const mailedTokenSchema = z.string().max(1024);

const signedInSchema = z
	.object({ token: z.string().meta({ maxLength: 2_048 }), expires_at: timestampSchema, user: userSchema })
	.meta({ id: 'SignedIn' });

export const MAX_LISTED_SESSIONS = 100;

export const sessionSchema = z
	.object({
		id: idSchema('ses'),
		created_at: timestampSchema,
		last_seen_at: timestampSchema,
		user_agent: z.string().nullable().meta({ maxLength: 512 }),
		current: z.boolean(),
	})
	.meta({ id: 'Session' });

export const register = defineOperation({
	id: 'register',
	title: 'Create an account',
	method: 'post',
	path: '/v1/auth/register',
	service: 'auth',
	access: 'public',
	summary: 'Creates a user account and signs in.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({
		email: emailSchema,
		password: newPasswordSchema,
		name: textSchema({ min: 1, max: 255 }).optional(),
	}),
	status: 201,
	response: enveloped(signedInSchema),
	errors: ['validation', 'email_taken', 'rate_limited'],
});

export const login = defineOperation({
	id: 'login',
	title: 'Sign in',
	method: 'post',
	path: '/v1/auth/login',
	service: 'auth',
	access: 'public',
	summary: 'Signs in with email and password.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({
		email: z
			.string()
			.max(1024)
			.meta({ examples: [EXAMPLE_EMAIL] })
			.transform((text) => text.trim().toLowerCase()),
		password: givenPasswordSchema,
	}),
	status: 200,
	response: enveloped(signedInSchema),
	errors: ['validation', 'invalid_credentials', 'rate_limited'],
});

export const logout = defineOperation({
	id: 'logout',
	title: 'Sign out',
	method: 'post',
	path: '/v1/auth/logout',
	service: 'auth',
	access: 'user',
	cost: 0,
	summary: 'Revokes the current session. Once this returns, its token is rejected everywhere.',
	status: 204,
	errors: [],
});

export const logoutAll = defineOperation({
	id: 'logoutAll',
	title: 'Sign out everywhere',
	method: 'post',
	path: '/v1/auth/logout-all',
	service: 'auth',
	access: 'user',
	cost: 0,
	summary: 'Revokes all sessions of the user.',
	status: 204,
	errors: [],
});

export const listSessions = defineOperation({
	id: 'listSessions',
	title: 'List sessions',
	method: 'get',
	path: '/v1/auth/sessions',
	service: 'auth',
	access: 'user',
	summary: 'Lists the active sessions of the user: up to 100, most recently used first.',
	status: 200,
	response: enveloped(z.array(sessionSchema).meta({ maxItems: MAX_LISTED_SESSIONS })),
	errors: [],
});

export const deleteSession = defineOperation({
	id: 'deleteSession',
	title: 'Revoke a session',
	method: 'delete',
	path: '/v1/auth/sessions/{id}',
	service: 'auth',
	access: 'user',
	cost: 0,
	summary: 'Revokes one session. Once this returns, its token is rejected everywhere.',
	params: z.object({ id: idSchema('ses') }),
	status: 204,
	errors: ['not_found'],
});

export const changePassword = defineOperation({
	id: 'changePassword',
	title: 'Change the password',
	method: 'post',
	path: '/v1/auth/password',
	service: 'auth',
	access: 'user',
	cost: 10,
	summary: 'Changes the password and revokes all other sessions.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ current_password: givenPasswordSchema, new_password: newPasswordSchema }),
	status: 204,
	errors: ['validation', 'invalid_credentials', 'rate_limited'],
});

export const forgotPassword = defineOperation({
	id: 'forgotPassword',
	title: 'Request a password reset',
	method: 'post',
	path: '/v1/auth/password/forgot',
	service: 'auth',
	access: 'public',
	summary: 'Emails a link to set a new password. The response is the same whether or not the account exists.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ email: emailSchema }),
	status: 204,
	errors: ['validation', 'rate_limited'],
});

export const resetPassword = defineOperation({
	id: 'resetPassword',
	title: 'Reset the password',
	method: 'post',
	path: '/v1/auth/password/reset',
	service: 'auth',
	access: 'public',
	summary:
		'Sets a new password with the token from the reset email and revokes all sessions. An invalid token is reported first, whatever the password.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	// The route checks the password after the token.
	body: z.object({ token: mailedTokenSchema, new_password: z.string().meta(NEW_PASSWORD_META) }),
	status: 204,
	errors: ['validation', 'rate_limited'],
});

export const verifyEmail = defineOperation({
	id: 'verifyEmail',
	title: 'Verify the email address',
	method: 'post',
	path: '/v1/auth/verify',
	service: 'auth',
	access: 'optional-user',
	summary:
		'Verifies the email address with the token from the email. Also send the account’s password or, as Authorization, a session token of the account. All other sessions are revoked.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({
		token: mailedTokenSchema,
		password: givenPasswordSchema.optional().meta({
			description: 'Password of the account. Not needed with a session of the account.',
			examples: [EXAMPLE_PASSWORD],
		}),
	}),
	status: 204,
	errors: ['validation', 'invalid_credentials', 'rate_limited'],
});

export const resendVerification = defineOperation({
	id: 'resendVerification',
	title: 'Resend the verification email',
	method: 'post',
	path: '/v1/auth/verify/resend',
	service: 'auth',
	access: 'user',
	cost: 10,
	summary: 'Sends the verification email again. Does nothing if the address is already verified.',
	status: 204,
	errors: ['rate_limited'],
});

export const getMe = defineOperation({
	id: 'getMe',
	title: 'Get the account',
	method: 'get',
	path: '/v1/me',
	service: 'auth',
	access: 'user',
	scope: 'any',
	summary: 'Returns the signed-in user.',
	status: 200,
	response: enveloped(userSchema),
	errors: [],
});

export const deleteMe = defineOperation({
	id: 'deleteMe',
	title: 'Delete the account',
	method: 'delete',
	path: '/v1/me',
	service: 'auth',
	access: 'user',
	cost: 10,
	summary:
		'Deletes the account with its sessions, API keys, files, jobs and webhooks, and cancels its subscription.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ password: givenPasswordSchema }),
	status: 204,
	errors: ['validation', 'invalid_credentials', 'rate_limited'],
});
