import { mkdir } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import S3rver, { type KoaContext } from '@20minutes/s3rver';
import Account from '@20minutes/s3rver/lib/models/account.js';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import { makeDurable } from './durable-store.ts';
import { addMultipart } from './multipart-store.ts';
import { ownOperation } from './own-operations.ts';
import { type Credentials, refusalOf } from './signature.ts';

type S3ServerOptions = Credentials & {
	/** Where buckets live, one folder each. Only one process may use it at a time. */
	readonly directory: string;
};

/**
 * An S3 server on local files, yet to listen: s3rver behind a guard that verifies every signature, on a store that
 * stays whole when uploads break off, with the multipart operations that s3rver lacks. For loopback only: bodies are
 * not hashed.
 */
export async function createS3Server(options: S3ServerOptions): Promise<Server> {
	await mkdir(options.directory, { recursive: true, mode: 0o700 });
	Account.DUMMY_ACCOUNT.createKeyPair(options.accessKeyId, options.secretAccessKey);
	const app = new S3rver({
		silent: true,
		directory: options.directory,
		vhostBuckets: false,
		// the guard has verified them already, and better
		allowMismatchedSignatures: true,
	});
	app.middleware.unshift(refuseOtherVersions);
	const multipart = addMultipart(await makeDurable(app.store, options.directory));
	const passOn = app.callback();

	const server = createServer((request, response) => {
		const refusal = request.method === 'OPTIONS' ? null : refusalOf(request, options, new Date());
		if (refusal !== null) {
			sendError(response, new S3Error(refusal, 'The request is not signed as it should be.'));
			return;
		}
		ownOperation(request, app.store, multipart).then(
			(answer) => (answer === null ? passOn(request, response) : send(response, answer.status, answer.xml)),
			(error: unknown) => sendError(response, error),
		);
	});
	// an upload of 10 GiB over a slow line takes hours
	server.requestTimeout = 0;
	return server;
}

/** `If-Match`, which s3rver ignores: a reader who asks for one version must not get another. */
async function refuseOtherVersions(context: KoaContext, next: () => Promise<void>): Promise<void> {
	await next();
	const wanted = context.get('if-match');
	const reads = ['GET', 'HEAD'].includes(context.method) && context.status < 300;
	if (!reads || wanted === '' || wanted === '*' || wanted === context.response.get('etag')) {
		return;
	}
	const { body } = context;
	context.remove('content-range');
	context.status = 412;
	context.body = new S3Error('PreconditionFailed', 'The object has another ETag.').toXML();
	if (typeof body === 'object' && body !== null && 'destroy' in body && typeof body.destroy === 'function') {
		body.destroy();
	}
}

function sendError(response: ServerResponse, error: unknown): void {
	const shown = error instanceof S3Error ? error : new S3Error('InternalError', 'The server failed.');
	send(response, shown.status, shown.toXML());
}

function send(response: ServerResponse, status: number, xml: string): void {
	response.writeHead(status, xml === '' ? {} : { 'content-type': 'application/xml' }).end(xml);
}
