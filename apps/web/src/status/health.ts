import { ConnectionError } from '@creatorr/client';

/** A part of the service that users notice. */
export interface PartState {
	name: string;
	isUp: boolean;
}

const SIGN_IN = 'Accounts and sign-in';
const FILES = 'Uploads and downloads';
const JOBS = 'Processing';
const BILLING = 'Plans and billing';
const WEBHOOKS = 'Webhooks';

/** What users notice when a service, or what it depends on, is down. A part that is missing here is shown with its name. */
const PARTS: Readonly<Record<string, string>> = {
	auth: SIGN_IN,
	'session-verification': SIGN_IN,
	control: SIGN_IN,
	files: FILES,
	s3: FILES,
	jobs: JOBS,
	rabbitmq: JOBS,
	billing: BILLING,
	webhooks: WEBHOOKS,
	postgres: 'Database',
};

interface HealthBody {
	data?: { services?: Record<string, string> };
	error?: { details?: { path: string; message: string }[] };
}

/** Returns the parts in a response of `GET /v1/health`: all parts when it is up, else the known parts and what is down. */
export function partsOf({ data, error }: HealthBody): PartState[] {
	const nameOf = (path: string) => PARTS[path] ?? path;
	const down = new Set((error?.details ?? []).map(({ path }) => nameOf(path)));
	const known = data?.services
		? Object.keys(data.services).map(nameOf)
		: [SIGN_IN, FILES, JOBS, BILLING, WEBHOOKS];
	return [...new Set([...known, ...down])].map((name) => ({ name, isUp: !down.has(name) }));
}

/** Fetches the health. A 503 names what is down, so it isn't an error. Rejects with a ConnectionError if there is no response. */
export async function fetchHealth(signal: AbortSignal): Promise<PartState[]> {
	const unreachable = (cause: unknown) => new ConnectionError('GET /v1/health got no answer', { cause });
	const response = await fetch('/v1/health', { signal }).catch((error: unknown) => {
		signal.throwIfAborted();
		throw unreachable(error);
	});
	// A proxy in front of a gateway that is down sends its own page.
	const body: HealthBody = await response.json().catch((error: unknown) => {
		throw unreachable(error);
	});
	if (!response.ok && !body.error?.details) throw unreachable(body);
	return partsOf(body);
}
