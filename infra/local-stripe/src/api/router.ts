import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Account } from '../account.ts';
import { invalidRequest, StripeError, toResponse } from '../errors.ts';
import { API_VERSION, newId } from '../objects.ts';
import type { Switches } from '../switches.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';

/** Serves the part of Stripe's REST API that is in OPERATIONS, with the faults that the switches say. */
export function apiRoutes(account: Account): Router {
	const { api } = account.switches;
	const router = express.Router();
	router.use((request, response, next) => {
		if (api.down === 'refuse') return void request.socket.destroy();
		response.set('request-id', newId('req', 14));
		if (api.down === 'unavailable') {
			throw new StripeError('Stripe is temporarily unavailable.', { status: 503, type: 'api_error' });
		}
		authenticate(request.get('authorization'), account.secretKey);
		checkVersion(request.get('stripe-version'));
		next();
	});
	router.use(express.urlencoded({ extended: true, limit: '1mb' }));
	for (const operation of OPERATIONS) {
		router[operation.method](operation.path, async (request, response) => {
			if (api.delay_ms > 0) await sleep(api.delay_ms, undefined, { ref: false });
			respond(api, response, 200, execute(account, operation, request));
		});
	}
	router.use(({ method, originalUrl }) => {
		const message = `Unrecognized request URL (${method}: ${originalUrl}). Stripe may have what the local Stripe doesn't.`;
		throw invalidRequest(message, { status: 404 });
	});
	router.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
		const { status, body } = toResponse(error);
		respond(api, response, status, JSON.stringify(body));
	});
	return router;
}

function respond(api: Switches['api'], response: Response, status: number, body: string): void {
	if (api.drop_responses > 0) {
		api.drop_responses -= 1;
		response.socket?.destroy();
		return;
	}
	response.status(status).type('json').send(body);
}

/**
 * Executes a request, and returns the response. With an idempotency key it does so once: the response is stored in the transaction of
 * its effects, so that a client whose response was lost receives it again.
 */
function execute(account: Account, { method, run }: Operation, request: Request): string {
	const form = { ...request.query, ...request.body };
	const key = method === 'post' ? request.get('idempotency-key') : undefined;
	const fingerprint = `${request.originalUrl} ${JSON.stringify(form)}`;
	return account.act((tx) => {
		const stored = key && tx.find('stored_response', key);
		if (stored) {
			if (stored.request === fingerprint) return stored.body;
			const message = `The idempotency key '${key}' was first used with another endpoint or other parameters.`;
			throw new StripeError(message, { status: 400, type: 'idempotency_error' });
		}
		const body = JSON.stringify(run(tx, form, String(request.params.id)));
		if (key) tx.put({ id: key, object: 'stored_response', request: fingerprint, body });
		return body;
	});
}

/** Throws 401 unless the header has the secret key, as a bearer token or as the user of Basic authentication. */
export function authenticate(header: string | undefined, secretKey: string): void {
	const [scheme = '', credentials = ''] = header?.split(' ') ?? [];
	const [user = ''] = Buffer.from(credentials, 'base64').toString().split(':');
	const key = scheme.toLowerCase() === 'basic' ? user : credentials;
	const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
	if (timingSafeEqual(digest(key), digest(secretKey))) return;
	throw invalidRequest('The API key in the Authorization header is missing or wrong.', { status: 401 });
}

function checkVersion(version: string | undefined): void {
	if (version === undefined || version === API_VERSION) return;
	throw invalidRequest(`Invalid Stripe API version: ${version}. The local Stripe has ${API_VERSION}.`);
}
