/** The parts of s3rver and of its Koa context that this package uses; s3rver has no types. */
declare module '@20minutes/s3rver' {
	import type { IncomingMessage, RequestListener } from 'node:http';
	import type { Readable } from 'node:stream';

	export type S3Content = Buffer | Readable;
	export type S3Object = {
		bucket: string;
		key: string;
		content: S3Content;
		metadata: Record<string, string>;
		readonly size: number;
		readonly lastModifiedDate: Date;
	};
	type Stored = { size: number; md5: string };
	export type S3Store = {
		getBucket(bucket: string): Promise<object | null>;
		getResourcePath(bucket: string, key: string | undefined, resource: string): string;
		putMetadata(bucket: string, key: string, metadata: object, md5: string): Promise<void>;
		getObject(bucket: string, key: string, options?: object): Promise<S3Object | null>;
		deleteObject(bucket: string, key: string): Promise<void>;
		listObjects(
			bucket: string,
			options: { prefix: string; startAfter: string; maxKeys: number },
		): Promise<{ objects: S3Object[]; isTruncated: boolean }>;
		putObject(object: S3Object): Promise<Stored>;
		putPart(bucket: string, uploadId: string, partNumber: string, content: S3Content): Promise<Stored>;
		putObjectMultipart(
			bucket: string,
			uploadId: string,
			parts: { number: number; etag: string }[],
		): Promise<Stored>;
	};
	export type Middleware = (context: KoaContext, next: () => Promise<void>) => Promise<void>;
	type KoaContext = {
		readonly req: IncomingMessage;
		readonly method: string;
		readonly path: string;
		readonly querystring: string;
		readonly status: number;
		body: unknown;
		get(header: string): string;
		readonly response: { get(header: string): string };
	};
	export default class S3rver {
		constructor(options: {
			silent: boolean;
			directory: string;
			vhostBuckets: boolean;
			allowMismatchedSignatures: boolean;
		});
		readonly store: S3Store;
		readonly middleware: Middleware[];
		callback(): RequestListener;
	}
}

declare module '@20minutes/s3rver/lib/models/account.js' {
	const Account: { DUMMY_ACCOUNT: { createKeyPair(accessKeyId: string, secretAccessKey: string): void } };
	export default Account;
}

declare module '@20minutes/s3rver/lib/models/error.js' {
	export default class S3Error extends Error {
		constructor(code: string, message: string);
	}
}
