import { AppError } from '@creatorr/contracts/errors';
import { type Response, Router } from 'express';
import type { Logger } from '../logging/logger.ts';
import { sendError } from './error-rendering.ts';

/** Resolves if the dependency responds; rejects or hangs otherwise. */
export type HealthCheck = () => Promise<unknown>;

const CHECK_TIMEOUT_MS = 2_000;

/** Runs all checks concurrently. Returns the names of those that failed with the reason, none if all succeeded. */
export async function runChecks(
	checks: Record<string, HealthCheck>,
): Promise<{ path: string; message: string }[]> {
	const results = await Promise.all(
		Object.entries(checks).map(async ([path, check]) => {
			const timeout = Promise.withResolvers<string>();
			const timer = setTimeout(() => timeout.resolve('timed out'), CHECK_TIMEOUT_MS);
			const outcome = check().then(
				() => null,
				() => 'is down',
			);
			const message = await Promise.race([outcome, timeout.promise]);
			clearTimeout(timer);
			return message === null ? [] : [{ path, message }];
		}),
	);
	return results.flat();
}

interface HealthOptions {
	checks: Record<string, HealthCheck>;
	/** Reports for operators, by name. */
	reports?: Record<string, () => Promise<object>>;
	logger: Logger;
}

/**
 * `/health/live`: the process runs. `/health/ready`: every check succeeds. `/health/startup`: every check has succeeded once. Other names:
 * the report of that name. Probes ask every few seconds, so only changes are logged.
 */
export function healthRoutes({ checks, reports = {}, logger }: HealthOptions): Router {
	const router = Router();
	router.get('/health/live', (_req, res) => {
		res.json({ data: { status: 'ok' } });
	});
	let hasStarted = false;
	let lastDown = '';

	async function requireAll(res: Response): Promise<void> {
		const details = await runChecks(checks);
		const down = details.map(({ path, message }) => `${path} ${message}`).join(', ');
		if (down !== lastDown) {
			if (down === '') logger.info('health.ready');
			// Normal during startup.
			else logger[hasStarted ? 'warn' : 'info']('health.not_ready', { down });
			lastDown = down;
		}
		if (details.length > 0) {
			const message = 'Some dependencies are down.';
			sendError(res, new AppError('upstream_unavailable', message, { details, retryAfterSeconds: 2 }));
			return;
		}
		hasStarted = true;
		res.json({ data: { status: 'ok' } });
	}

	router.get('/health/ready', (_req, res) => requireAll(res));
	router.get('/health/startup', async (_req, res) => {
		if (hasStarted) res.json({ data: { status: 'ok' } });
		else await requireAll(res);
	});
	for (const [name, read] of Object.entries(reports)) {
		router.get(`/health/${name}`, async (_req, res) => {
			res.json({ data: await read() });
		});
	}
	return router;
}
