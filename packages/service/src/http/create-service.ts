import { bodyLimitOf } from '@creatorr/contracts/body-limit';
import { notFound } from '@creatorr/contracts/errors';
import { IDENTITY_HEADER, REQUEST_ID_HEADER } from '@creatorr/contracts/identity';
import { idSchema, newId } from '@creatorr/contracts/ids';
import express, { type Express, type RequestHandler } from 'express';
import { withRequestId } from '../logging/context.ts';
import type { Logger } from '../logging/logger.ts';
import { observeRequest } from '../metrics/metrics.ts';
import { metricsRoute } from '../metrics/scrape.ts';
import { jsonBody, rawBody } from './body.ts';
import { renderErrors } from './error-rendering.ts';
import { type HealthCheck, healthRoutes } from './health.ts';
import type { VerifyIdentity } from './identity.ts';
import { traceRequests } from './request-span.ts';
import type { Route } from './route.ts';

interface ServiceOptions {
	logger: Logger;
	verifyIdentity: VerifyIdentity;
	routes: readonly Route[];
	/** Checks of readiness, by name. */
	checks: Record<string, HealthCheck>;
	/** Reports for operators on the private port, at `/health/<name>`: numbers and times, no data of users. */
	reports?: Record<string, () => Promise<object>>;
}

const requestIdSchema = idSchema('req');

/** Uses the request id of the gateway or another service, or a new one. */
const requestContext: RequestHandler = (req, res, next) => {
	const parsedId = requestIdSchema.safeParse(req.get(REQUEST_ID_HEADER));
	const requestId = parsedId.success ? parsedId.data : newId('req');
	res.setHeader('X-Request-Id', requestId);
	withRequestId(requestId, next);
};

/** Logs and measures the requests of an operation. */
function logRequests(logger: Logger, operation: string): RequestHandler {
	return (_req, res, next) => {
		const startedAt = performance.now();
		res.once('close', () => {
			const durationMs = performance.now() - startedAt;
			const { statusCode: status, writableFinished } = res;
			observeRequest({ operation, status: writableFinished ? status : undefined, durationMs });
			logger.info('http.request', {
				operation,
				status,
				duration_ms: Math.round(durationMs),
				...(writableFinished ? {} : { disconnected: true }),
			});
		});
		next();
	};
}

function mount(app: Express, route: Route, options: ServiceOptions): void {
	const { operation } = route;
	const path = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
	const handler: RequestHandler = async (req, res) => {
		res.setHeader('Cache-Control', 'no-store');
		await route.handle(req, res, options.verifyIdentity(req.get(IDENTITY_HEADER)));
	};
	const maxBytes = bodyLimitOf(operation);
	const body = operation.rawBody ? rawBody(maxBytes) : operation.body ? jsonBody(maxBytes) : [];
	const observers = [traceRequests(operation.id), logRequests(options.logger, operation.id)];
	app[operation.method](path, ...observers, ...body, handler);
}

/** Creates an express app with these routes, `/health/live`, `/health/ready`, reports and `/metrics`. Other paths return `not_found`. */
export function createService(options: ServiceOptions): Express {
	const app = express();
	app.disable('x-powered-by');
	app.disable('etag');
	app.set('query parser', 'simple');
	app.use(requestContext);
	app.use(healthRoutes(options));
	app.get('/metrics', metricsRoute);
	for (const route of options.routes) mount(app, route, options);
	app.use(() => {
		throw notFound('route');
	});
	app.use(renderErrors(options.logger));
	return app;
}
