import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type Credentials = {
	readonly region: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
};

/** S3's code for the refusal. */
export type Refusal =
	| 'AccessDenied'
	| 'InvalidAccessKeyId'
	| 'SignatureDoesNotMatch'
	| 'RequestTimeTooSkewed';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MAX_SKEW_MS = 15 * 60 * 1_000;
const MAX_EXPIRES_SECONDS = 7 * 24 * 60 * 60;

type Claim = {
	readonly credential: string;
	readonly signedHeaders: readonly string[];
	readonly signature: string;
	readonly date: string;
	readonly payloadHash: string;
	/** Absent on requests signed in a header, which are good for as long as clocks may differ. */
	readonly expiresSeconds?: number;
};

/**
 * Verifies AWS signature version 4, in the URL or in a header: null when it holds. s3rver's own verification lets
 * unsigned requests through, and encodes `'()*!` in query values and paths with a last slash in its own way, so that
 * it refuses what the AWS SDK signs. The payload is as the signature says and is not hashed again.
 */
export function refusalOf(request: IncomingMessage, credentials: Credentials, now: Date): Refusal | null {
	const [path = '', search = ''] = splitOnce(request.url ?? '', '?');
	const query = search === '' ? [] : search.split('&').map((pair) => splitOnce(pair, '=').map(decode));
	const claim = readClaim(request, new Map(query.map(([name = '', value = '']) => [name, value])));
	if (claim === null) {
		return 'AccessDenied';
	}
	const [accessKeyId, day, ...scope] = claim.credential.split('/');
	if (accessKeyId !== credentials.accessKeyId) {
		return 'InvalidAccessKeyId';
	}
	const time = timeRefusal(claim, now);
	if (time !== null) {
		return time;
	}
	if (!signsWhatMatters(request, claim)) {
		return 'AccessDenied';
	}
	const expectedScope = [credentials.region, 's3', 'aws4_request'];
	if (day !== claim.date.slice(0, 8) || scope.join('/') !== expectedScope.join('/')) {
		return 'SignatureDoesNotMatch';
	}
	const canonical = canonicalRequest(request, claim, path, query);
	const expected = sign(canonical, claim.date, [day, ...scope], credentials.secretAccessKey);
	return sameText(expected, claim.signature) ? null : 'SignatureDoesNotMatch';
}

function readClaim({ headers }: IncomingMessage, query: ReadonlyMap<string, string>): Claim | null {
	const inQuery = query.get('X-Amz-Algorithm') === ALGORITHM;
	if (inQuery === (headers.authorization !== undefined)) {
		return null;
	}
	if (inQuery) {
		return completeClaim({
			credential: query.get('X-Amz-Credential'),
			signedHeaders: query.get('X-Amz-SignedHeaders'),
			signature: query.get('X-Amz-Signature'),
			date: query.get('X-Amz-Date'),
			payloadHash: query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
			expiresSeconds: Number(query.get('X-Amz-Expires') ?? Number.NaN),
		});
	}
	const [algorithm, fields = ''] = splitOnce(headers.authorization ?? '', ' ');
	const field = (name: string) => new RegExp(`(?:^|[, ])${name}=([^, ]+)`).exec(fields)?.[1];
	return algorithm !== ALGORITHM
		? null
		: completeClaim({
				credential: field('Credential'),
				signedHeaders: field('SignedHeaders'),
				signature: field('Signature'),
				date: headers['x-amz-date']?.toString(),
				payloadHash: headers['x-amz-content-sha256']?.toString(),
			});
}

function completeClaim(given: {
	credential: string | undefined;
	signedHeaders: string | undefined;
	signature: string | undefined;
	date: string | undefined;
	payloadHash: string | undefined;
	expiresSeconds?: number;
}): Claim | null {
	const { credential, signedHeaders, signature, date, payloadHash, ...rest } = given;
	if (!credential || !signedHeaders || !signature || !date || !payloadHash) {
		return null;
	}
	return { credential, signedHeaders: signedHeaders.split(';'), signature, date, payloadHash, ...rest };
}

function timeRefusal({ date, expiresSeconds }: Claim, now: Date): Refusal | null {
	const signedAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
	const ageMs = now.getTime() - signedAt;
	if (expiresSeconds === undefined) {
		return Math.abs(ageMs) <= MAX_SKEW_MS ? null : 'RequestTimeTooSkewed';
	}
	const alive = ageMs >= -MAX_SKEW_MS && ageMs <= expiresSeconds * 1_000;
	return alive && expiresSeconds <= MAX_EXPIRES_SECONDS ? null : 'AccessDenied';
}

/** An x-amz header that nobody signed could turn a PUT into a copy of somebody else's object. */
function signsWhatMatters({ headers }: IncomingMessage, { signedHeaders }: Claim): boolean {
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

function sign(canonical: string, date: string, scope: readonly string[], secretAccessKey: string): string {
	const hash = createHash('sha256').update(canonical).digest('hex');
	const key = scope.reduce<string | Buffer>(
		(secret, part) => createHmac('sha256', secret).update(part).digest(),
		`AWS4${secretAccessKey}`,
	);
	return createHmac('sha256', key)
		.update([ALGORITHM, date, scope.join('/'), hash].join('\n'))
		.digest('hex');
}

function sameText(one: string, other: string): boolean {
	const [oneBytes, otherBytes] = [Buffer.from(one), Buffer.from(other)];
	return oneBytes.length === otherBytes.length && timingSafeEqual(oneBytes, otherBytes);
}

function encode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

/** What is not valid percent-encoding was not signed by anybody; it then fails to match. */
function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function splitOnce(text: string, separator: string): string[] {
	const at = text.indexOf(separator);
	return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
