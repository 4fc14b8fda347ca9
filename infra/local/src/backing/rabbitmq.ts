import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../settings/settings.ts';
import { CommandError } from '../supervisor/command-error.ts';
import type { Home } from '../supervisor/home.ts';
import type { Step } from '../supervisor/process.ts';
import { baseEnvironment } from './base-environment.ts';
import { checkTcp } from './checks.ts';
import { choosePorts, readPorts } from './ports.ts';
import { checkRabbitConfirms, checkRabbitListens } from './rabbitmq-management.ts';
import { loadSecrets } from './secrets.ts';

const USER = 'creatorr';
const VIRTUAL_HOST = 'creatorr';
/** Longer than any tool's deadline: after this time, the broker requeues a message that its consumer has not acknowledged. */
export const CONSUMER_TIMEOUT_MS = 12 * 60 * 60 * 1000;
const INSTALLED_IN = '/usr/lib/rabbitmq/lib';

const MIB = 1024 ** 2;
const PROBE_INTERVAL_MS = 15_000;
/** Size of the files of the quorum queues' log. The default of 512 MiB is too much for a small disk. */
const WAL_FILE_BYTES = 64 * MIB;

const PORTS = ['rabbitmq', 'rabbitmq-distribution', 'epmd', 'rabbitmq-management'] as const;
type Ports = Record<(typeof PORTS)[number], number>;

/** Returns the AMQP URL of this home's broker. The port is known only after {@link rabbitSteps}. */
export function rabbitUrl(home: Home): string {
	return `amqp://${credentials(home)}@127.0.0.1:${readPorts(home).rabbitmq ?? 0}/${VIRTUAL_HOST}`;
}

/** Returns the URL of the broker's management API, with an administrator's credentials. */
export function rabbitManagementUrl(home: Home): string {
	return `http://${credentials(home)}@127.0.0.1:${readPorts(home)['rabbitmq-management'] ?? 0}`;
}

function credentials(home: Home): string {
	return `${USER}:${encodeURIComponent(loadSecrets(home).rabbitmqPassword)}`;
}

/**
 * Returns the free space, in bytes, below which a broker in this directory stops accepting publishes: 5% of the disk, at
 * least 256 MiB and at most 1 GiB. RabbitMQ's own default of 50 MB comes too late: its write-ahead log dies on ENOSPC
 * before the publishers are stopped.
 */
export function defaultDiskFreeLimit(directory: string): number {
	const { blocks, bsize } = statfsSync(directory);
	return Math.min(Math.max(Math.floor(blocks * bsize * 0.05), 256 * MIB), 1024 * MIB);
}

/**
 * Returns the steps of this home's broker. It has its own node, ports, cookie and directories, so that it never conflicts with the
 * system's broker. Its port mapper, epmd, is a step, too: the broker itself would start one that outlives it.
 */
export async function rabbitSteps(
	home: Home,
	{ diskFreeLimitBytes = defaultDiskFreeLimit(home.root), unconfirmedMs }: Settings['rabbitmq'],
): Promise<Step[]> {
	const ports = await choosePorts(home, [...PORTS]);
	const directory = join(home.data, 'rabbitmq');
	const env = brokerEnvironment(ports, directory);
	return [
		{
			kind: 'process',
			name: 'epmd',
			dependsOn: [],
			command: ['epmd'],
			env,
			checkReady: () => checkTcp(ports.epmd),
		},
		{
			kind: 'task',
			name: 'rabbitmq-config',
			dependsOn: [],
			run: async () => writeConfiguration(home, ports, diskFreeLimitBytes),
		},
		{
			kind: 'process',
			name: 'rabbitmq',
			dependsOn: ['epmd', 'rabbitmq-config'],
			command: [serverScript()],
			env,
			checkReady: () => checkRabbitListens(rabbitManagementUrl(home), ports.rabbitmq),
			readyTimeoutMs: 90_000,
			// a broker that confirms nothing, without an alarm that explains it, is restarted
			liveness: {
				check: () => checkRabbitConfirms(rabbitManagementUrl(home)),
				intervalMs: Math.min(PROBE_INTERVAL_MS, unconfirmedMs / 4),
				failAfterMs: unconfirmedMs,
			},
			stopTimeoutMs: 15_000,
		},
	];
}

function brokerEnvironment(ports: Ports, directory: string): Record<string, string> {
	return {
		...baseEnvironment(),
		// Erlang reads its cookie here
		HOME: directory,
		ERL_EPMD_PORT: String(ports.epmd),
		ERL_EPMD_ADDRESS: '127.0.0.1',
		// without these, the broker would use the system's files
		RABBITMQ_CONF_ENV_FILE: join(directory, 'rabbitmq-env.conf'),
		RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
		RABBITMQ_CONFIG_FILES: join(directory, 'conf.d'),
		RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
		RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
		RABBITMQ_NODENAME: 'creatorr@localhost',
		RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
		RABBITMQ_NODE_PORT: String(ports.rabbitmq),
		RABBITMQ_DIST_PORT: String(ports['rabbitmq-distribution']),
		RABBITMQ_BASE: directory,
		RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
		RABBITMQ_SCHEMA_DIR: join(directory, 'schema'),
		RABBITMQ_GENERATED_CONFIG_DIR: join(directory, 'config'),
		RABBITMQ_LOG_BASE: join(directory, 'log'),
		RABBITMQ_PID_FILE: join(directory, 'rabbitmq.pid'),
		RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
		// makes the script exec the virtual machine instead of waiting for it
		RUNNING_UNDER_SYSTEMD: 'true',
	};
}

function writeConfiguration(home: Home, ports: Ports, diskFreeLimitBytes: number): void {
	const { rabbitmqPassword, erlangCookie } = loadSecrets(home);
	const directory = join(home.data, 'rabbitmq');
	mkdirSync(join(directory, 'conf.d'), { recursive: true, mode: 0o700 });
	const write = (name: string, lines: string[]): void =>
		writeFileSync(join(directory, name), `${lines.join('\n')}\n`, { mode: 0o600 });
	write('rabbitmq-env.conf', []);
	write('enabled_plugins', ['[rabbitmq_management].']);
	write('advanced.config', ['[].']);
	write('rabbitmq.conf', [
		`listeners.tcp.default = 127.0.0.1:${ports.rabbitmq}`,
		'management.tcp.ip = 127.0.0.1',
		`management.tcp.port = ${ports['rabbitmq-management']}`,
		`default_user = ${USER}`,
		`default_pass = ${rabbitmqPassword}`,
		`default_vhost = ${VIRTUAL_HOST}`,
		'default_user_tags.administrator = true',
		'loopback_users.creatorr = true',
		`consumer_timeout = ${CONSUMER_TIMEOUT_MS}`,
		`disk_free_limit.absolute = ${diskFreeLimitBytes}`,
		`raft.wal_max_size_bytes = ${WAL_FILE_BYTES}`,
		'log.console = true',
		'log.console.level = info',
		'log.file = false',
	]);
	// Erlang requires mode 0400, and such a file can't be overwritten
	const cookie = join(directory, '.erlang.cookie');
	rmSync(cookie, { force: true });
	writeFileSync(cookie, erlangCookie, { mode: 0o400 });
	chmodSync(cookie, 0o400);
}

function serverScript(): string {
	const versions = existsSync(INSTALLED_IN) ? readdirSync(INSTALLED_IN) : [];
	const newest = versions
		.filter((name) => name.startsWith('rabbitmq_server-'))
		.sort()
		.at(-1);
	if (newest === undefined) {
		throw new CommandError(
			`RabbitMQ isn’t installed in ${INSTALLED_IN}. Install the Debian package rabbitmq-server, or set AMQP_URL to use your own.`,
		);
	}
	return join(INSTALLED_IN, newest, 'sbin', 'rabbitmq-server');
}
