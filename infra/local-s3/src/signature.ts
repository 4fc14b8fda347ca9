import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import aws4 from 'aws4';
import { z } from 'zod';

export type Credentials = {
	readonly region: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
};

/** An error code of S3. */
export type Refusal =
	| 'AccessDenied'
	| 'InvalidAccessKeyId'
	| 'SignatureDoesNotMatch'
	| 'RequestTimeTooSkewed';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MAX_SKEW_MS = 15 * 60 * 1_000;
const MAX_EXPIRES_SECONDS = 7 * 24 * 60 * 60;

const text = z.string().min(1);
const claimSchema = z.object({
	credential: text,
	signedHeaders: text.transform((names) => names.split(';')),
	signature: text,
	date: text,
	/** Absent where the signature is in a header: it is valid for as long as clocks may differ. */
	expiresSeconds: z.number().optional(),
});
type Claim = z.infer<typeof claimSchema>;

/**
 * Verifies AWS signature version 4, in the URL or in a header. Returns null when the signature is valid. s3rver's own verification
 * accepts unsigned requests, and refuses what the AWS SDK signs: it encodes `'()*!` in query values, and paths that end with a slash,
 * in its own way. The hash of the payload is taken from the signature, without hashing the body.
 */
export function refusalOf(request: IncomingMessage, credentials: Credentials, now: Date): Refusal | null {
	const claim = readClaim(request);
	if (claim === undefined) return 'AccessDenied';
	const [accessKeyId, day] = claim.credential.split('/');
	if (accessKeyId !== credentials.accessKeyId) return 'InvalidAccessKeyId';
	const timeRefusal = checkTime(claim, now);
	if (timeRefusal !== null) return timeRefusal;
	if (!signsRequiredHeaders(request, claim)) return 'AccessDenied';
	const isSigned =
		day === claim.date.slice(0, 8) && signatureOf(request, claim, credentials) === claim.signature;
	return isSigned ? null : 'SignatureDoesNotMatch';
}

/** Returns undefined when a part is missing, and for requests that are signed twice or not at all. */
function readClaim({ url = '', headers }: IncomingMessage): Claim | undefined {
	const { authorization } = headers;
	const query = parse(url.replace(/^[^?]*\??/, ''));
	if (query['X-Amz-Algorithm'] === ALGORITHM && authorization === undefined) {
		return claimSchema.safeParse({
			credential: query['X-Amz-Credential'],
			signedHeaders: query['X-Amz-SignedHeaders'],
			signature: query['X-Amz-Signature'],
			date: query['X-Amz-Date'],
			expiresSeconds: Number(query['X-Amz-Expires'] ?? Number.NaN),
		}).data;
	}
	if ('X-Amz-Algorithm' in query || !authorization?.startsWith(`${ALGORITHM} `)) return undefined;
	const field = (name: string) => new RegExp(`[, ]${name}=([^, ]+)`).exec(authorization)?.[1];
	return claimSchema.safeParse({
		credential: field('Credential'),
		signedHeaders: field('SignedHeaders'),
		signature: field('Signature'),
		date: headers['x-amz-date'],
	}).data;
}

function checkTime({ date, expiresSeconds }: Claim, now: Date): Refusal | null {
	const signedAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
	const ageMs = now.getTime() - signedAt;
	if (expiresSeconds === undefined) {
		return Math.abs(ageMs) <= MAX_SKEW_MS ? null : 'RequestTimeTooSkewed';
	}
	const isAlive = ageMs >= -MAX_SKEW_MS && ageMs <= expiresSeconds * 1_000;
	return isAlive && expiresSeconds <= MAX_EXPIRES_SECONDS ? null : 'AccessDenied';
}

/** An unsigned `x-amz-` header could turn a PUT into a copy of another user's object. */
function signsRequiredHeaders({ headers }: IncomingMessage, { signedHeaders }: Claim): boolean {
	const sent = Object.keys(headers).filter((name) => name.startsWith('x-amz-'));
	return ['host', ...sent].every((name) => signedHeaders.includes(name));
}

/** Returns the signature that the request must have; undefined for a URL that is no valid percent-encoding. */
function signatureOf(request: IncomingMessage, claim: Claim, credentials: Credentials): string | undefined {
	const { region, ...keys } = credentials;
	const signQuery = claim.expiresSeconds !== undefined;
	const entriesOf = <T>(toValue: (name: string) => T) =>
		Object.fromEntries(claim.signedHeaders.map((name) => [name, toValue(name)]));
	const options = {
		...{ service: 's3', region, signQuery, method: request.method ?? '' },
		path: (request.url ?? '').replace(/(?<=[?&])X-Amz-Signature=[^&]*&?/, ''),
		headers: entriesOf((name) => [request.headers[name] ?? ''].flat().join(',')),
		extraHeadersToInclude: entriesOf(() => true),
	};
	try {
		const { path = '', headers } = aws4.sign(options, keys);
		const signed = signQuery ? path : String(headers?.Authorization);
		return /Signature=([0-9a-f]+)/.exec(signed)?.[1];
	} catch (error) {
		if (error instanceof URIError) return undefined;
		throw error;
	}
}
