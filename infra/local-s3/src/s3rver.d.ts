/** The parts of s3rver that we use; it ships no types. */
declare module '@20minutes/s3rver' {
	import type { IncomingMessage, ServerResponse } from 'node:http';
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
	export type S3Store = {
		getBucketPath(bucket: string): string;
		getBucket(bucket: string): Promise<object | null>;
		getResourcePath(bucket: string, key: string | undefined, resource: string): string;
		putMetadata(bucket: string, key: string, metadata: object, md5: string): Promise<void>;
		getObject(bucket: string, key: string, options?: object): Promise<S3Object | null>;
		deleteObject(bucket: string, key: string): Promise<void>;
		listObjects(
			bucket: string,
			options: { prefix: string; startAfter: string; maxKeys: number },
		): Promise<{ objects: S3Object[]; isTruncated: boolean }>;
		putObject(object: S3Object): Promise<{ size: number; md5: string }>;
		putPart(
			bucket: string,
			uploadId: string,
			partNumber: string,
			content: S3Content,
		): Promise<{ size: number; md5: string }>;
		putObjectMultipart(
			bucket: string,
			uploadId: string,
			parts: { number: number; etag: string }[],
		): Promise<{ size: number; md5: string }>;
	};
	export type KoaContext = {
		method: string;
		status: number;
		body: unknown;
		get(header: string): string;
		remove(header: string): void;
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
		readonly middleware: ((context: KoaContext, next: () => Promise<void>) => Promise<void>)[];
		callback(): (request: IncomingMessage, response: ServerResponse) => void;
	}
}

declare module '@20minutes/s3rver/lib/models/account.js' {
	const Account: { DUMMY_ACCOUNT: { createKeyPair(accessKeyId: string, secretAccessKey: string): void } };
	export default Account;
}

declare module '@20minutes/s3rver/lib/models/error.js' {
	export default class S3Error extends Error {
		constructor(code: string, message: string);
		readonly code: string;
		readonly status: number;
		toXML(): string;
	}
}
