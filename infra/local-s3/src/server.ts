import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import S3rver, { type Middleware } from '@20minutes/s3rver';
import Account from '@20minutes/s3rver/lib/models/account.js';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import { createSigner } from '@creatorr/storage/signature-v4';
import { addedOperations } from './added-operations.ts';
import { makeDurable } from './durable-store.ts';
import { addMultipart } from './multipart-store.ts';
import { hasSignature } from './signature.ts';

type S3ServerOptions = {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	/** Has one folder for each bucket. Only one process may use it at a time. */
	readonly directory: string;
};

/**
 * Creates an S3 server on local files, which doesn't listen yet: s3rver with verified signatures, atomic writes and the operations
 * that it lacks. For loopback only: it doesn't hash bodies.
 */
export async function createS3Server(options: S3ServerOptions): Promise<Server> {
	await mkdir(options.directory, { recursive: true, mode: 0o700 });
	Account.DUMMY_ACCOUNT.createKeyPair(options.accessKeyId, options.secretAccessKey);
	const app = new S3rver({
		silent: true,
		directory: options.directory,
		vhostBuckets: false,
		// verifySignature runs first, and refuses more
		allowMismatchedSignatures: true,
	});
	const multipart = addMultipart(await makeDurable(app.store, options.directory));
	app.middleware.unshift(verifySignature(options), checkIfMatch, escapeOnce);
	// before s3rver's router, and within the middleware that writes objects as XML
	app.middleware.splice(-1, 0, addedOperations(app.store, multipart));
	const server = createServer(app.callback());
	// an upload of 10 GiB over a slow line takes hours
	server.requestTimeout = 0;
	return server;
}

function verifySignature(options: S3ServerOptions): Middleware {
	const signer = createSigner({ ...options, region: 'us-east-1' });
	return async (context, next) => {
		if (context.method !== 'OPTIONS' && !hasSignature(context.req, signer, new Date()))
			throw new S3Error('SignatureDoesNotMatch', 'The signature of the request is missing or wrong.');
		await next();
	};
}

/** s3rver escapes each text of its XML twice. */
const escapeOnce: Middleware = async (context, next) => {
	await next();
	const { body } = context;
	if (typeof body === 'string') context.body = body.replaceAll(/&amp;(amp|lt|gt|#x27|#x60);/g, '&$1;');
};

/** Refuses readers whose `If-Match` names another version of the object. s3rver ignores the header. */
const checkIfMatch: Middleware = async (context, next) => {
	await next();
	const isRead = ['GET', 'HEAD'].includes(context.method) && context.status < 300;
	const isMatch = ['', '*', context.response.get('etag')].includes(context.get('if-match'));
	if (isRead && !isMatch) throw new S3Error('PreconditionFailed', 'The object has another ETag.');
};
