import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { S3Variables } from '../settings/settings.ts';
import type { Home } from '../supervisor/home.ts';
import { bindToThisProcess } from '../supervisor/ownership.ts';
import type { Step } from '../supervisor/process.ts';
import { baseEnvironment } from './base-environment.ts';
import { checkHttp } from './checks.ts';
import { choosePorts } from './ports.ts';
import { loadSecrets } from './secrets.ts';

const RADOSGW_USER = 'creatorr';
const RADOSGW_CLIENT = 'client.rgw.local';
/** radosgw-admin takes a second, but sometimes waits forever for its own threads. */
const ADMIN_LIMITS = { timeout: 20_000, killSignal: 'SIGKILL' } as const;
const ADMIN_ATTEMPTS = 4;

/** Returns the steps and variables of this home's object store. */
export async function s3Service(home: Home): Promise<{ steps: Step[]; variables: S3Variables }> {
	const { s3: port } = await choosePorts(home, ['s3']);
	const { s3AccessKeyId, s3SecretAccessKey } = loadSecrets(home);
	const endpoint = `http://127.0.0.1:${port}`;
	const step: Step = {
		kind: 'process',
		name: 's3',
		dependsOn: [],
		command: [process.execPath, join(import.meta.dirname, '../../../local-s3/src/main.ts')],
		env: {
			...baseEnvironment(),
			PORT: String(port),
			DIRECTORY: join(home.data, 's3'),
			ACCESS_KEY_ID: s3AccessKeyId,
			SECRET_ACCESS_KEY: s3SecretAccessKey,
		},
		// a store that is up refuses an unsigned request
		checkReady: () => checkHttp(endpoint, 403),
	};
	const variables: S3Variables = {
		S3_ENDPOINT: endpoint,
		S3_PUBLIC_ENDPOINT: endpoint,
		S3_REGION: 'us-east-1',
		S3_BUCKET: 'creatorr',
		S3_ACCESS_KEY_ID: s3AccessKeyId,
		S3_SECRET_ACCESS_KEY: s3SecretAccessKey,
		S3_FORCE_PATH_STYLE: 'true',
	};
	return { steps: [step], variables };
}

/**
 * Returns the steps of Ceph's S3 server, on SQLite and with the key pair of the first store. The storage code is tested against it
 * as a second, independent implementation. It keeps all data in memory, so it is for tests only.
 */
export async function radosGatewayService(home: Home): Promise<{ steps: Step[]; endpoint: string }> {
	const { radosgw: port } = await choosePorts(home, ['radosgw']);
	const endpoint = `http://127.0.0.1:${port}`;
	const directory = join(home.data, 'radosgw');
	const common = ['-c', join(directory, 'ceph.conf'), '-n', RADOSGW_CLIENT, '--no-mon-config'];
	return {
		endpoint,
		steps: [
			{
				kind: 'task',
				name: 'radosgw-user',
				dependsOn: [],
				run: () => createRadosUser(home, directory, port, ['radosgw-admin', ...common]),
			},
			{
				kind: 'process',
				name: 'radosgw',
				dependsOn: ['radosgw-user'],
				command: ['radosgw', '-f', ...common],
				env: baseEnvironment(),
				checkReady: () => checkHttp(endpoint),
			},
		],
	};
}

/** Starts over with an empty directory if the command hangs or fails. */
async function createRadosUser(home: Home, directory: string, port: number, admin: string[]): Promise<void> {
	const configuration = join(directory, 'ceph.conf');
	if (existsSync(configuration)) return;
	const { s3AccessKeyId, s3SecretAccessKey } = loadSecrets(home);
	const keys = ['--access-key', s3AccessKeyId, '--secret-key', s3SecretAccessKey];
	const createUser = ['user', 'create', '--uid', RADOSGW_USER, '--display-name', RADOSGW_USER, ...keys];
	for (let attempt = 1; ; attempt += 1) {
		try {
			mkdirSync(directory, { recursive: true, mode: 0o700 });
			writeFileSync(configuration, cephConfiguration(directory, port));
			const [program = '', ...args] = bindToThisProcess([...admin, ...createUser]);
			await promisify(execFile)(program, args, ADMIN_LIMITS);
			return;
		} catch (error) {
			rmSync(directory, { recursive: true, force: true });
			if (attempt === ADMIN_ATTEMPTS) throw error;
		}
	}
}

function cephConfiguration(directory: string, port: number): string {
	return `[global]
fsid = 00000000-0000-4000-8000-000000000000
mon_host = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
[${RADOSGW_CLIENT}]
rgw_backend_store = dbstore
rgw_config_store = dbstore
dbstore_config_uri = file:${directory}/config.db
dbstore_db_dir = ${directory}
dbstore_db_name_prefix = rgw
rgw_frontends = beast endpoint=127.0.0.1:${port}
log_file = ${directory}/radosgw.log
rgw_data = ${directory}
run_dir = ${directory}
admin_socket = ${directory}/admin.asok
`;
}
