import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Request, type Response, type Router } from 'express';
import type { Account } from '../account.ts';
import { invalidRequest, StripeError } from '../errors.ts';
import { newId } from '../objects/ids.ts';
import type { Answer } from '../state/answers.ts';
import { type Call, execute } from './execute.ts';
import { OPERATIONS } from './operations.ts';
import { requestedVersion } from './versions.ts';

/** Stripe's REST API, below `/v1`. */
export function apiRoutes(account: Account): Router {
	const router = express.Router();
	router.use(express.text({ type: () => true, limit: '1mb' }));
	for (const operation of OPERATIONS) {
		const method = operation.method.toLowerCase() as 'get' | 'post' | 'delete';
		router[method](operation.path, (request, response) =>
			respond(account, request, response, (call) => execute(account, operation, call)),
		);
	}
	router.use('/v1', (request, response) =>
		respond(account, request, response, () => {
			throw invalidRequest(
				`Unrecognized request URL (${request.method}: ${request.originalUrl}). It may be one of Stripe's that the local Stripe does not have.`,
				{ status: 404 },
			);
		}),
	);
	return router;
}

async function respond(
	account: Account,
	request: Request,
	response: Response,
	run: (call: Call) => Answer & { isReplayed?: boolean },
): Promise<void> {
	const { api } = account.switches;
	if (api.down === 'refuse') return void request.socket.destroy();
	const requestId = newId('req');
	const key = request.get('idempotency-key');
	response.set('request-id', requestId);
	if (key !== undefined) response.set('idempotency-key', key);
	const answer = await answerOf(requestId, async () => {
		if (api.down === 'unavailable') throw unavailable();
		authenticate(request.get('authorization'), account.secretKey);
		const version = requestedVersion(request.get('stripe-version'));
		response.set('stripe-version', version);
		const call = callOf(request, { requestId, version, key });
		return await account.keysInUse.hold(key, async () => {
			if (api.delay_ms > 0) await sleep(api.delay_ms);
			return run(call);
		});
	});
	if (api.lose_answers > 0) {
		api.lose_answers -= 1;
		request.socket.destroy();
		return;
	}
	if (answer.isReplayed === true) {
		response.set({ 'idempotent-replayed': 'true', 'original-request': answer.requestId });
	}
	if (answer.status === 401) response.set('www-authenticate', 'Basic realm="Stripe"');
	response.status(answer.status).type('application/json').send(answer.body);
}

function callOf(request: Request, more: Pick<Call, 'requestId' | 'version' | 'key'>): Call {
	const { id } = request.params;
	return {
		...more,
		id: typeof id === 'string' ? id : '',
		path: request.path,
		query: request.originalUrl.split('?')[1] ?? '',
		body: typeof request.body === 'string' ? request.body : '',
		contentType: request.get('content-type'),
	};
}

async function answerOf(
	requestId: string,
	run: () => Promise<Answer & { isReplayed?: boolean }>,
): Promise<Answer & { isReplayed?: boolean }> {
	try {
		return await run();
	} catch (error) {
		if (!(error instanceof StripeError)) process.stderr.write(`${requestId}: ${describe(error)}\n`);
		const shown = error instanceof StripeError ? error : broken();
		return { status: shown.fields.status, body: JSON.stringify(shown.body(requestId), null, 2), requestId };
	}
}

function describe(error: unknown): string {
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Throws a 401 unless the header has the account's secret key. */
export function authenticate(header: string | undefined, secretKey: string): void {
	const [scheme = '', credentials = ''] = header?.split(' ') ?? [];
	const [user = ''] = Buffer.from(credentials, 'base64').toString().split(':');
	const key = scheme.toLowerCase() === 'basic' ? user : credentials;
	if (key === '') {
		throw invalidRequest(
			"You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
			{ status: 401 },
		);
	}
	const [given, wanted] = [Buffer.from(key), Buffer.from(secretKey)];
	if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
	const shown = `${key.slice(0, 8)}${'*'.repeat(Math.max(0, Math.min(20, key.length - 12)))}${key.slice(-4)}`;
	throw invalidRequest(`Invalid API Key provided: ${shown}`, { status: 401 });
}

function unavailable(): StripeError {
	return new StripeError({ status: 503, type: 'api_error', message: 'Stripe is temporarily unavailable.' });
}

function broken(): StripeError {
	return new StripeError({
		status: 500,
		type: 'api_error',
		message: 'The local Stripe failed; its log says how.',
	});
}
