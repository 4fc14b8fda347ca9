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
	/** What readiness depends on, by name. */
	checks: Record<string, HealthCheck>;
	/** What operators may ask for on the private port, at `/health/<name>`: numbers and times, nothing of a user. */
	reports?: Record<string, () => Promise<object>>;
}

const requestIdSchema = idSchema('req');

/** The id that the gateway or another service gave this request; a new one where there is none. */
const requestContext: RequestHandler = (req, res, next) => {
	const given = requestIdSchema.safeParse(req.get(REQUEST_ID_HEADER));
	const requestId = given.success ? given.data : newId('req');
	res.setHeader('X-Request-Id', requestId);
	withRequestId(requestId, next);
};

/** A line in the log and a count of what an operation answered, and how long that took. */
function noteRequests(logger: Logger, operation: string): RequestHandler {
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
	const notes = [traceRequests(operation.id), noteRequests(options.logger, operation.id)];
	app[operation.method](path, ...notes, ...body, handler);
}

/** An express app that answers these routes, `/health/live`, `/health/ready`, reports and `/metrics`, and everything else with `not_found`. */
export function createService(options: ServiceOptions): Express {
	const app = express();
	app.disable('x-powered-by');
	app.disable('etag');
	app.set('query parser', 'simple');
	app.use(requestContext);
	app.use(healthRoutes(options.checks, options.reports));
	app.get('/metrics', metricsRoute);
	for (const route of options.routes) mount(app, route, options);
	app.use(() => {
		throw notFound('route');
	});
	app.use(renderErrors(options.logger));
	return app;
}
