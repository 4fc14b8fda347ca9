import { ConnectionError } from '@creatorr/client';

/** A part of the service that users notice, with the reason if it is down. */
export interface PartState {
	name: string;
	problem: string | undefined;
}

const NAMES: Readonly<Record<string, string>> = {
	auth: 'Accounts and sign-in',
	files: 'Files',
	jobs: 'Jobs and tools',
	billing: 'Plans and billing',
};

interface HealthBody {
	data?: { services?: Record<string, string> };
	error?: { details?: { path: string; message: string }[] };
}

/** Returns the parts in an answer of `GET /v1/health`: all parts when it is up, else the known parts and what is down. */
export function partsOf({ data, error }: HealthBody): PartState[] {
	const failures = error?.details ?? [];
	const names = new Set([...Object.keys(data?.services ?? NAMES), ...failures.map(({ path }) => path)]);
	return [...names].map((name) => ({
		name: NAMES[name] ?? name,
		problem: failures.find(({ path }) => path === name)?.message,
	}));
}

/** Fetches the health. An answer of 503 names what is down, so it is no error. Rejects with a ConnectionError when nothing answers. */
export async function fetchHealth(signal: AbortSignal): Promise<PartState[]> {
	const unreachable = (cause: unknown) => new ConnectionError('GET /v1/health got no answer', { cause });
	const answer = await fetch('/v1/health', { signal }).catch((error: unknown) => {
		signal.throwIfAborted();
		throw unreachable(error);
	});
	// A proxy in front of a gateway that is down answers with a page of its own.
	const body: HealthBody = await answer.json().catch((error: unknown) => {
		throw unreachable(error);
	});
	if (!answer.ok && !body.error?.details) throw unreachable(body);
	return partsOf(body);
}
