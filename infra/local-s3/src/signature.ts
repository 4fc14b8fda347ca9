import type { IncomingMessage } from 'node:http';
import { encode, type Signer, scopeOf, signCanonical } from '@creatorr/storage/signature-v4';
import { z } from 'zod';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MAX_SKEW_MS = 15 * 60 * 1_000;

const text = z.string().min(1);
const claimSchema = z.object({
	credential: text,
	signedHeaders: text.transform((names) => names.split(';')),
	signature: text,
	date: text,
	payloadHash: text,
	/** Absent where the signature is in a header: it is valid for as long as clocks may differ. */
	expiresSeconds: z.number().optional(),
});
type Claim = z.infer<typeof claimSchema>;

/**
 * Returns whether a request has a valid AWS signature version 4, in the URL or in a header. s3rver's own verification
 * accepts unsigned requests, and refuses what the AWS SDK signs: it encodes `'()*!` in query values, and paths that end with a slash,
 * in its own way. The hash of the payload is taken from the signature, without hashing the body.
 */
export function hasSignature(request: IncomingMessage, signer: Signer, now: Date): boolean {
	const [path = '', search = ''] = splitOnce(request.url ?? '', '?');
	const query = search === '' ? [] : search.split('&').map((pair) => splitOnce(pair, '=').map(decode));
	const claim = readClaim(request, new Map(query.map(([name = '', value = '']) => [name, value])));
	if (claim === undefined || !isInTime(claim, now) || !signsRequiredHeaders(request, claim)) return false;
	// a signature in a header doesn't cover the credential
	if (claim.credential !== `${signer.accessKeyId}/${scopeOf(signer, claim.date)}`) return false;
	const canonical = canonicalRequest(request, claim, path, query);
	return claim.signature === signCanonical(signer, claim.date, canonical);
}

/** Returns undefined when a part is missing, and for requests that are signed twice or not at all. */
function readClaim({ headers }: IncomingMessage, query: ReadonlyMap<string, string>): Claim | undefined {
	const { authorization } = headers;
	if (query.get('X-Amz-Algorithm') === ALGORITHM && authorization === undefined) {
		return claimSchema.safeParse({
			credential: query.get('X-Amz-Credential'),
			signedHeaders: query.get('X-Amz-SignedHeaders'),
			signature: query.get('X-Amz-Signature'),
			date: query.get('X-Amz-Date'),
			payloadHash: query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
			expiresSeconds: Number(query.get('X-Amz-Expires') ?? Number.NaN),
		}).data;
	}
	if (query.has('X-Amz-Algorithm') || !authorization?.startsWith(`${ALGORITHM} `)) return undefined;
	const field = (name: string) => new RegExp(`[, ]${name}=([^, ]+)`).exec(authorization)?.[1];
	return claimSchema.safeParse({
		credential: field('Credential'),
		signedHeaders: field('SignedHeaders'),
		signature: field('Signature'),
		date: headers['x-amz-date'],
		payloadHash: headers['x-amz-content-sha256'],
	}).data;
}

function isInTime({ date, expiresSeconds }: Claim, now: Date): boolean {
	const signedAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
	const ageMs = now.getTime() - signedAt;
	const lastsMs = expiresSeconds === undefined ? MAX_SKEW_MS : expiresSeconds * 1_000;
	return ageMs >= -MAX_SKEW_MS && ageMs <= lastsMs;
}

/** An unsigned `x-amz-` header could turn a PUT into a copy of another user's object. */
function signsRequiredHeaders({ headers }: IncomingMessage, { signedHeaders }: Claim): boolean {
	const sent = Object.keys(headers).filter((name) => name.startsWith('x-amz-'));
	return ['host', ...sent].every((name) => signedHeaders.includes(name));
}

function canonicalRequest(request: IncomingMessage, claim: Claim, path: string, query: string[][]): string {
	const pairs = query
		.filter(([name]) => name !== 'X-Amz-Signature')
		.map(([name = '', value = '']) => `${encode(name)}=${encode(value)}`)
		.sort();
	const headers = claim.signedHeaders.map((name) => {
		const value = [request.headers[name] ?? ''].flat().join(',');
		return `${name}:${value.trim().replace(/ +/g, ' ')}\n`;
	});
	return [
		request.method,
		path.split('/').map(decode).map(encode).join('/'),
		pairs.join('&'),
		headers.join(''),
		claim.signedHeaders.join(';'),
		claim.payloadHash,
	].join('\n');
}

/** Returns text that isn't valid percent-encoding as it is. No signature matches it. */
function decode(value: string): string {
	try {
		return decodeURIComponent(value);
	} catch {
		return value;
	}
}

function splitOnce(value: string, separator: string): string[] {
	const at = value.indexOf(separator);
	return at === -1 ? [value] : [value.slice(0, at), value.slice(at + 1)];
}
