import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { boundToUs } from '../supervisor/bound-to-us.ts';
import type { Home } from '../supervisor/home.ts';
import type { Step } from '../supervisor/process.ts';
import { baseEnvironment } from './base-environment.ts';
import { checkHttp } from './check-http.ts';

type RadosGateway = { home: Home; port: number; accessKeyId: string; secretAccessKey: string };

const USER = 'creatorr';
const CLIENT = 'client.rgw.local';
/** It takes a second, and now and then waits for its own threads for ever. */
const ADMIN_LIMITS = { timeout: 20_000, killSignal: 'SIGKILL' } as const;
const ADMIN_TRIES = 4;

/**
 * Ceph's S3 server alone, on SQLite: a second, independent implementation to hold the storage code against. It keeps
 * in memory what was written, so it serves tests only.
 */
export function radosGatewaySteps({ home, port, accessKeyId, secretAccessKey }: RadosGateway): Step[] {
	const directory = join(home.data, 'radosgw');
	const configuration = join(directory, 'ceph.conf');
	const common = ['-c', configuration, '-n', CLIENT, '--no-mon-config'];
	return [
		{
			kind: 'task',
			name: 'radosgw-user',
			dependsOn: [],
			run: async () => {
				if (existsSync(configuration)) return;
				const keys = ['--access-key', accessKeyId, '--secret-key', secretAccessKey];
				const createUser = ['user', 'create', '--uid', USER, '--display-name', USER, ...keys];
				await beginAnewWhenStuck(directory, async () => {
					mkdirSync(directory, { recursive: true, mode: 0o700 });
					writeFileSync(configuration, cephConfiguration(directory, port));
					const [program = '', ...args] = boundToUs(['radosgw-admin', ...common, ...createUser]);
					await promisify(execFile)(program, args, ADMIN_LIMITS);
				});
			},
		},
		{
			kind: 'process',
			name: 'radosgw',
			dependsOn: ['radosgw-user'],
			command: ['radosgw', '-f', ...common],
			env: baseEnvironment(process.env),
			checkReady: () => checkHttp(`http://127.0.0.1:${port}`),
			readyTimeoutMs: 30_000,
			stopSignal: 'SIGTERM',
			stopTimeoutMs: 3_000,
		},
	];
}

/** Does the work again, on an empty directory, when it fails. */
async function beginAnewWhenStuck(directory: string, work: () => Promise<void>): Promise<void> {
	for (let tries = 1; ; tries += 1) {
		try {
			return await work();
		} catch (error) {
			rmSync(directory, { recursive: true, force: true });
			if (tries === ADMIN_TRIES) throw error;
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
[${CLIENT}]
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
