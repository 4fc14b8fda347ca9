import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

/** Address of a bucket's objects: `origin + pathPrefix + key`. */
export type ObjectAddress = {
	readonly origin: string;
	/** The Host header of clients, with the port unless it is the default of the scheme. */
	readonly host: string;
	/** Ends with a slash. */
	readonly pathPrefix: string;
};

/** The request that a URL allows. */
export type ObjectRequest = {
	readonly method: 'GET' | 'PUT';
	readonly key: string;
	readonly query: Readonly<Record<string, string>>;
	/** Headers besides `host`, in lower case. The request needs exactly these values. */
	readonly headers?: Readonly<Record<string, string>>;
};

/** Signs with one key pair. */
export type Signer = {
	readonly accessKeyId: string;
	readonly region: string;
	/** Returns the signing key of a day such as `20261130`. */
	readonly keyOf: (day: string) => KeyObject;
};

const ALGORITHM = 'AWS4-HMAC-SHA256';
const PAYLOAD = 'UNSIGNED-PAYLOAD';
const SERVICE = 's3';
const TERMINATOR = 'aws4_request';

/** Creates a signer. Derives the key of a day once, as a KeyObject: parsing other keys costs Node more than signing. */
export function createSigner(credentials: {
	accessKeyId: string;
	secretAccessKey: string;
	region: string;
}): Signer {
	const { accessKeyId, secretAccessKey, region } = credentials;
	let last: { day: string; key: KeyObject } | undefined;
	const derive = (day: string) => {
		const ofDay = hmac(`AWS4${secretAccessKey}`, day);
		return createSecretKey(hmac(hmac(hmac(ofDay, region), SERVICE), TERMINATOR));
	};
	return {
		accessKeyId,
		region,
		keyOf(day) {
			if (last?.day !== day) last = { day, key: derive(day) };
			return last.key;
		},
	};
}

/**
 * Returns the URL of a request, signed with AWS signature version 4 in the query: byte for byte that of `@aws-sdk/s3-request-presigner`, at
 * a twentieth of the CPU time. Tests compare the two. Throws URIError if the key or a parameter has a lone surrogate.
 */
export function presign(
	signer: Signer,
	{ method, key, query, headers = {} }: ObjectRequest,
	{
		address,
		signedAt,
		expiresInSeconds,
	}: { address: ObjectAddress; signedAt: Date; expiresInSeconds: number },
): string {
	const time = signedAt.toISOString().replace(/[-:]|\.\d{3}/g, '');
	const scope = scopeOf(signer, time);
	const signed = Object.entries({ ...headers, host: address.host }).sort(byName);
	const signedNames = signed.map(([name]) => name).join(';');
	const canonicalQuery = encodeQuery({
		...query,
		'X-Amz-Algorithm': ALGORITHM,
		'X-Amz-Content-Sha256': PAYLOAD,
		'X-Amz-Credential': `${signer.accessKeyId}/${scope}`,
		'X-Amz-Date': time,
		'X-Amz-Expires': String(expiresInSeconds),
		'X-Amz-SignedHeaders': signedNames,
	});
	const path = address.pathPrefix + key.split('/').map(encode).join('/');
	const canonicalHeaders = signed.map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, ' ')}\n`);
	const canonical = [method, path, canonicalQuery, canonicalHeaders.join(''), signedNames, PAYLOAD];
	const signature = signCanonical(signer, time, canonical.join('\n'));
	// Parameters are sorted by name, and X-Amz-Signature is before X-Amz-SignedHeaders. Encoded values contain no `&`.
	const signedQuery = canonicalQuery.replace(
		'&X-Amz-SignedHeaders=',
		`&X-Amz-Signature=${signature}&X-Amz-SignedHeaders=`,
	);
	return `${address.origin}${path}?${signedQuery}`;
}

/** Returns day, region, service and terminator of a signature. `time` is its X-Amz-Date. */
export function scopeOf({ region }: Signer, time: string): string {
	return `${time.slice(0, 8)}/${region}/${SERVICE}/${TERMINATOR}`;
}

/** Signs a canonical request, and returns the signature in hexadecimal. */
export function signCanonical(signer: Signer, time: string, canonical: string): string {
	const digest = hash('sha256', canonical);
	const text = `${ALGORITHM}\n${time}\n${scopeOf(signer, time)}\n${digest}`;
	return hmac(signer.keyOf(time.slice(0, 8)), text).toString('hex');
}

function hmac(key: string | Buffer | KeyObject, text: string): Buffer {
	return createHmac('sha256', key).update(text).digest();
}

function encodeQuery(query: Readonly<Record<string, string>>): string {
	return Object.entries(query)
		.sort(byName)
		.map(([name, value]) => `${encode(name)}=${encode(value)}`)
		.join('&');
}

function byName([one]: [string, string], [other]: [string, string]): number {
	return one < other ? -1 : 1;
}

/** Encodes text as RFC 3986 does: everything but letters, digits and `-._~`. */
export function encode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}
