import { AppError, type ErrorDetail, errorBodySchema } from '@creatorr/contracts/errors';

/** What a service's readiness said: its status and body, or nothing when it did not answer. */
export type Readiness = { status: number; body: unknown } | undefined;

function failuresOf(service: string, readiness: Readiness): ErrorDetail[] {
	if (!readiness) return [{ path: service, message: 'does not answer' }];
	if (readiness.status === 200) return [];
	const details = errorBodySchema.safeParse(readiness.body).data?.error.details ?? [];
	return details.length > 0 ? details : [{ path: service, message: 'is not ready' }];
}

/**
 * Sums up what the services say: the body of the health answer when all is well and nothing is wrong with sign-in. Throws
 * `upstream_unavailable` that names every failing part once, though several services may need it.
 */
export function sumUpHealth(
	readiness: Readonly<Record<string, Readiness>>,
	signInProblem?: string,
): {
	status: 'ok';
	services: Record<string, 'ok'>;
} {
	const failures = new Map<string, ErrorDetail>();
	if (signInProblem) failures.set('sign-in', { path: 'sign-in', message: signInProblem });
	for (const [service, said] of Object.entries(readiness)) {
		for (const failure of failuresOf(service, said)) {
			if (!failures.has(failure.path)) failures.set(failure.path, failure);
		}
	}
	if (failures.size > 0) {
		const details = [...failures.values()];
		const names = details.map(({ path }) => path).join(', ');
		throw new AppError('upstream_unavailable', `not everything answers: ${names}`, {
			details,
			retryAfterSeconds: 2,
		});
	}
	return { status: 'ok', services: Object.fromEntries(Object.keys(readiness).map((name) => [name, 'ok'])) };
}
