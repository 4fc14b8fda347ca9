import { z } from 'zod';
import { BODY_LIMIT } from '../body-limit.ts';
import { defineOperation } from '../operation.ts';
import { keyHashSchema, sessionIdSchema } from './auth.ts';

/** Stands for no session in a push that is only about API keys: a gateway of release 0.3.0 accepts no empty list. */
export const PLACEHOLDER_SESSION_ID = 'ses_00000000000000000000000000';

/** Revokes sessions and API keys at a gateway. The response is sent once it rejects all their requests. Changed keys are checked again. */
export const pushCredentialChanges = defineOperation({
	id: 'pushCredentialChanges',
	method: 'post',
	path: '/internal/sessions/revoked',
	service: 'gateway',
	access: ['auth'],
	summary: 'Reject all requests of revoked sessions and API keys, and check changed keys again.',
	maxBodyBytes: BODY_LIMIT.list,
	body: z.object({
		instance_id: z.string(),
		session_ids: z.array(sessionIdSchema).min(1),
		revoked_keys: z.array(keyHashSchema).default([]).meta({ description: 'SHA-256 of each' }),
		changed_keys: z.array(keyHashSchema).default([]).meta({ description: 'SHA-256 of each' }),
	}),
	status: 204,
	errors: ['not_found'],
});
