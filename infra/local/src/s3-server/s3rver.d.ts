declare module '@20minutes/s3rver' {
	import type { RequestListener } from 'node:http';

	export default class S3rver {
		constructor(options: {
			directory: string;
			silent: boolean;
			vhostBuckets: boolean;
			configureBuckets: { name: string; configs: string[] }[];
		});
		configureBuckets(): Promise<unknown>;
		callback(): RequestListener;
	}
}

declare module '@20minutes/s3rver/lib/models/account.js' {
	export default class Account {
		static DUMMY_ACCOUNT: Account;
		createKeyPair(accessKeyId: string, secretAccessKey: string): void;
		revokeAccessKey(accessKeyId: string): void;
	}
}
