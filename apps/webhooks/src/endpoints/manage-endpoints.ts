import { AppError, notFound } from '@creatorr/contracts/errors';
import { newId } from '@creatorr/contracts/ids';
import { validationError } from '@creatorr/contracts/validation';
import {
	createWebhook,
	deleteWebhook,
	type EventType,
	getWebhook,
	listWebhooks,
	MAX_WEBHOOKS_PER_USER,
	rotateWebhookSecret,
	updateWebhook,
} from '@creatorr/contracts/webhooks';
import { OutboundError } from '@creatorr/outbound/outbound-error';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import {
	deleteEndpoint,
	findEndpoint,
	findEndpoints,
	insertEndpoint,
	replaceSecret,
	updateEndpoint,
} from './endpoints.sql.ts';
import { newSecret } from './secret.ts';

/** POST /v1/webhooks */
export function createWebhookRoute({ prisma, outbound, sealer, config, isEmailVerified }: Deps) {
	return defineRoute(createWebhook, async ({ body, user }) => {
		const url = normalizeUrl(outbound, body.url);
		if (config.WEBHOOKS_REQUIRE_VERIFIED_EMAIL && !(await isEmailVerified(user.id)))
			throw new AppError(
				'email_not_verified',
				'Verify your email before you create webhook endpoints. Open the link in the email we sent you, or resend it from your account.',
			);
		const [id, secret] = [newId('whk'), newSecret()];
		const endpoint = {
			id,
			userId: user.id,
			url,
			events: storedEvents(body.events),
			description: body.description ?? null,
			sealedSecret: sealer.seal(secret, id),
		};
		const created = await insertEndpoint(prisma, endpoint, MAX_WEBHOOKS_PER_USER);
		if (created === 'too_many')
			throw new AppError(
				'plan_limit',
				`An account has at most ${MAX_WEBHOOKS_PER_USER} webhook endpoints on any plan. Delete one first.`,
			);
		if (created === 'deleted') throw notFound('webhook endpoint');
		return { data: { ...created, secret } };
	});
}

/** GET /v1/webhooks */
export function listWebhooksRoute({ prisma }: Deps) {
	return defineRoute(listWebhooks, async ({ user }) => ({ data: await findEndpoints(prisma, user.id) }));
}

/** GET /v1/webhooks/{id} */
export function getWebhookRoute({ prisma }: Deps) {
	return defineRoute(getWebhook, async ({ params, user }) => ({
		data: webhookOrThrow(await findEndpoint(prisma, { id: params.id, userId: user.id })),
	}));
}

/** PATCH /v1/webhooks/{id}. Runs one change of a user at a time, because disabling an endpoint changes its pending deliveries. */
export function updateWebhookRoute({ prisma, outbound }: Deps) {
	const mutex = createKeyedMutex();
	return defineRoute(updateWebhook, async ({ params, body, user }) => {
		const change = {
			...body,
			url: body.url === undefined ? undefined : normalizeUrl(outbound, body.url),
			events: body.events && storedEvents(body.events),
		};
		const own = { id: params.id, userId: user.id };
		return {
			data: webhookOrThrow(await mutex.runExclusive(user.id, () => updateEndpoint(prisma, own, change))),
		};
	});
}

/** DELETE /v1/webhooks/{id}. Runs one deletion of a user at a time: an endpoint may have a hundred thousand deliveries. */
export function deleteWebhookRoute({ prisma }: Deps) {
	const mutex = createKeyedMutex();
	return defineRoute(deleteWebhook, async ({ params, user }) => {
		const own = { id: params.id, userId: user.id };
		if (!(await mutex.runExclusive(user.id, () => deleteEndpoint(prisma, own))))
			throw notFound('webhook endpoint');
	});
}

/** POST /v1/webhooks/{id}/rotate-secret */
export function rotateSecretRoute({ prisma, sealer }: Deps) {
	return defineRoute(rotateWebhookSecret, async ({ params, body, user }) => {
		const secret = newSecret();
		const own = { id: params.id, userId: user.id };
		const sealedSecret = sealer.seal(secret, params.id);
		if (!(await replaceSecret(prisma, { ...own, sealedSecret, graceSeconds: body.grace_seconds })))
			throw notFound('webhook endpoint');
		return { data: { secret } };
	});
}

function webhookOrThrow<T>(webhook: T | null): T {
	if (webhook === null) throw notFound('webhook endpoint');
	return webhook;
}

/** Returns the URL to store. Refuses one that no attempt would be sent to. The addresses of a host name are checked at each attempt. */
function normalizeUrl(outbound: Deps['outbound'], url: string): string {
	try {
		return outbound.normalizeUrl(url);
	} catch (error) {
		if (!(error instanceof OutboundError)) throw error;
		throw validationError([{ path: 'url', message: error.message }]);
	}
}

/** Returns the types to store; an empty list stands for all types. */
function storedEvents(events: readonly ('*' | EventType)[] = ['*']): EventType[] {
	return events.flatMap((type) => (type === '*' ? [] : [type]));
}
