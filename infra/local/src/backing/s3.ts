import { join } from 'node:path';
import type { Home } from '../supervisor/home.ts';
import type { ManagedProcess } from '../supervisor/process.ts';
import { baseEnvironment } from './base-environment.ts';
import { checkHttp } from './check-http.ts';

type S3Server = {
	home: Home;
	port: number;
	accessKeyId: string;
	secretAccessKey: string;
};

export function s3Endpoint(port: number): string {
	return `http://127.0.0.1:${port}`;
}

/** The object store of this home. */
export function s3Process(server: S3Server): ManagedProcess {
	return {
		kind: 'process',
		name: 's3',
		dependsOn: [],
		command: [process.execPath, join(import.meta.dirname, '../../../local-s3/src/main.ts')],
		env: {
			...baseEnvironment(process.env),
			PORT: String(server.port),
			DIRECTORY: join(server.home.data, 's3'),
			ACCESS_KEY_ID: server.accessKeyId,
			SECRET_ACCESS_KEY: server.secretAccessKey,
		},
		// an unsigned request is refused by a store that is up
		checkReady: () => checkHttp(s3Endpoint(server.port), 403),
		readyTimeoutMs: 30_000,
		stopSignal: 'SIGTERM',
		stopTimeoutMs: 3_000,
	};
}
