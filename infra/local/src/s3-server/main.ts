import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import S3rver from '@20minutes/s3rver';
import Account from '@20minutes/s3rver/lib/models/account.js';
import { z } from 'zod';
import { corsConfiguration } from './cors.ts';
import { isPresentable } from './guard.ts';

const config = z
	.object({
		PORT: z.coerce.number().int(),
		DIRECTORY: z.string().min(1),
		BUCKET: z.string().min(3),
		ACCESS_KEY_ID: z.string().min(1),
		SECRET_ACCESS_KEY: z.string().min(1),
		/** Comma-separated; none means that no browser may use the store. */
		CORS_ORIGINS: z.string(),
	})
	.parse(process.env);

const DENIED =
	'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';

/** The store's own account ships with a key pair that everybody knows. */
Account.DUMMY_ACCOUNT.revokeAccessKey('S3RVER');
Account.DUMMY_ACCOUNT.createKeyPair(config.ACCESS_KEY_ID, config.SECRET_ACCESS_KEY);

const origins = config.CORS_ORIGINS.split(',').filter((origin) => origin.trim() !== '');
mkdirSync(config.DIRECTORY, { recursive: true, mode: 0o700 });
const store = new S3rver({
	directory: config.DIRECTORY,
	silent: true,
	vhostBuckets: false,
	configureBuckets: [
		{ name: config.BUCKET, configs: origins.length > 0 ? [corsConfiguration(origins)] : [] },
	],
});
await store.configureBuckets();

const serve = store.callback();
const server = createServer((request, response) => {
	if (isPresentable(request)) {
		serve(request, response);
		return;
	}
	response.writeHead(403, { 'content-type': 'application/xml', connection: 'close' }).end(DENIED);
});
// an upload of 10 GiB over a slow line takes hours
server.requestTimeout = 0;
server.listen(config.PORT, '127.0.0.1');

process.once('SIGTERM', () => {
	server.close();
	server.closeAllConnections();
});
