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

/** Fetches the health. An answer of 503 names what is down, so it is no error. */
export async function fetchHealth(signal: AbortSignal): Promise<PartState[]> {
	const answer = await fetch('/v1/health', { signal });
	const body = (await answer.json()) as HealthBody;
	if (!answer.ok && !body.error?.details) throw new Error('The status isn’t available. Try again later.');
	return partsOf(body);
}
