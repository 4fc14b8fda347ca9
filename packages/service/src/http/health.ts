import { AppError } from '@creatorr/contracts/errors';
import { Router } from 'express';

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

/**
 * `/health/live`: the process runs. `/health/ready`: every check succeeds. `/health/startup`: every check has succeeded once. Other names:
 * the report of that name.
 */
export function healthRoutes(
	checks: Record<string, HealthCheck>,
	reports: Record<string, () => Promise<object>> = {},
): Router {
	const router = Router();
	router.get('/health/live', (_req, res) => {
		res.json({ data: { status: 'ok' } });
	});
	let hasStarted = false;

	async function requireAll(): Promise<void> {
		const details = await runChecks(checks);
		if (details.length > 0) {
			throw new AppError('upstream_unavailable', 'Some dependencies are down.', {
				details,
				retryAfterSeconds: 2,
			});
		}
		hasStarted = true;
	}

	router.get('/health/ready', async (_req, res) => {
		await requireAll();
		res.json({ data: { status: 'ok' } });
	});
	router.get('/health/startup', async (_req, res) => {
		if (!hasStarted) await requireAll();
		res.json({ data: { status: 'ok' } });
	});
	for (const [name, read] of Object.entries(reports)) {
		router.get(`/health/${name}`, async (_req, res) => {
			res.json({ data: await read() });
		});
	}
	return router;
}
