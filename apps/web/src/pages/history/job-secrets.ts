import type { Job, Tool } from '@creatorr/client';

const WANTS_PASSWORD = new Set(['encrypted_input', 'wrong_password']);

/** The secret params that running a job again needs from the person: those it had, which nobody keeps, or the one it lacked. */
export function secretsToAsk(
	job: Pick<Job, 'params' | 'error_code'>,
	tool: Pick<Tool, 'params'> | undefined,
): string[] {
	const properties = (tool?.params.properties ?? {}) as Record<string, { writeOnly?: boolean }>;
	const secrets = Object.keys(properties).filter((name) => properties[name]?.writeOnly);
	const isLocked = WANTS_PASSWORD.has(job.error_code ?? '');
	return secrets.filter((name) => (job.params[name] ?? null) !== null || (isLocked && name === 'password'));
}
