import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../supervisor/home.ts';
import type { Step } from '../supervisor/process.ts';
import { StartError } from '../supervisor/start-error.ts';
import { baseEnvironment } from './base-environment.ts';
import { checkHttp } from './check-http.ts';
import { checkTcp } from './check-tcp.ts';
import { checkRabbitConfirms } from './rabbitmq-management.ts';

const USER = 'creatorr';
const VIRTUAL_HOST = 'creatorr';
/** Above the longest deadline a tool has: the broker takes a message back from a consumer that is silent for so long. */
export const CONSUMER_TIMEOUT_MS = 12 * 60 * 60 * 1000;
const INSTALLED_IN = '/usr/lib/rabbitmq/lib';

const MIB = 1024 ** 2;
/** A broker that has confirmed nothing for this long, without an alarm that explains it, is restarted. */
const UNCONFIRMED_MS = 60_000;
const PROBE_INTERVAL_MS = 15_000;
/** A quorum queue's log is cut into files of this size; the default of 512 MiB is more than a small disk has to spare. */
const WAL_FILE_BYTES = 64 * MIB;

export type RabbitPorts = { amqp: number; distribution: number; epmd: number; management: number };
type RabbitServer = {
	home: Home;
	ports: RabbitPorts;
	password: string;
	erlangCookie: string;
	/** Below this much free space the broker accepts no publishes. */
	diskFreeLimitBytes: number;
	/** How long the broker may confirm nothing before it is restarted; 60 s unless given. */
	unconfirmedMs?: number;
};

export function rabbitUrl({ ports, password }: Pick<RabbitServer, 'ports' | 'password'>): string {
	return `amqp://${USER}:${encodeURIComponent(password)}@127.0.0.1:${ports.amqp}/${VIRTUAL_HOST}`;
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

/** The management API, with an administrator's credentials in the URL. */
export function rabbitManagementUrl({
	ports,
	password,
}: {
	ports: Pick<RabbitPorts, 'management'>;
	password: string;
}): string {
	return `http://${USER}:${encodeURIComponent(password)}@127.0.0.1:${ports.management}`;
}

/**
 * A broker of this home's own: node, ports, cookie and directories, so that the system's broker, running or not, is
 * never met. Its port mapper is a process of ours too, otherwise the broker would leave one behind.
 */
export function rabbitSteps(server: RabbitServer): Step[] {
	const { home, ports, password, unconfirmedMs = UNCONFIRMED_MS } = server;
	const directory = join(home.data, 'rabbitmq');
	const environment = brokerEnvironment(server, directory);
	return [
		{
			kind: 'process',
			name: 'epmd',
			dependsOn: [],
			command: ['epmd'],
			env: environment,
			checkReady: () => checkTcp(ports.epmd, Buffer.from([0, 1, 110]), Buffer.alloc(0)),
			readyTimeoutMs: 15_000,
			stopSignal: 'SIGTERM',
			stopTimeoutMs: 2_000,
		},
		{
			kind: 'task',
			name: 'rabbitmq-config',
			dependsOn: [],
			run: async () => writeConfiguration(server, directory),
		},
		{
			kind: 'process',
			name: 'rabbitmq',
			dependsOn: ['epmd', 'rabbitmq-config'],
			command: [serverScript()],
			env: environment,
			checkReady: async () => {
				await checkTcp(ports.amqp, Buffer.from('AMQP\0\0\x09\x01', 'latin1'), Buffer.from([1]));
				const authorization = `Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`;
				await checkHttp(`http://127.0.0.1:${ports.management}/api/whoami`, 200, { authorization });
			},
			readyTimeoutMs: 90_000,
			liveness: {
				check: () => checkRabbitConfirms(rabbitManagementUrl(server)),
				intervalMs: Math.min(PROBE_INTERVAL_MS, unconfirmedMs / 4),
				failAfterMs: unconfirmedMs,
			},
			stopSignal: 'SIGTERM',
			stopTimeoutMs: 15_000,
		},
	];
}

function brokerEnvironment({ ports }: RabbitServer, directory: string): Record<string, string> {
	return {
		...baseEnvironment(process.env),
		// where the Erlang cookie is looked for
		HOME: directory,
		ERL_EPMD_PORT: String(ports.epmd),
		ERL_EPMD_ADDRESS: '127.0.0.1',
		// a set of variables without which the broker would use the system's files
		RABBITMQ_CONF_ENV_FILE: join(directory, 'rabbitmq-env.conf'),
		RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
		RABBITMQ_CONFIG_FILES: join(directory, 'conf.d'),
		RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
		RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
		RABBITMQ_NODENAME: 'creatorr@localhost',
		RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
		RABBITMQ_NODE_PORT: String(ports.amqp),
		RABBITMQ_DIST_PORT: String(ports.distribution),
		RABBITMQ_BASE: directory,
		RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
		RABBITMQ_SCHEMA_DIR: join(directory, 'schema'),
		RABBITMQ_GENERATED_CONFIG_DIR: join(directory, 'config'),
		RABBITMQ_LOG_BASE: join(directory, 'log'),
		RABBITMQ_PID_FILE: join(directory, 'rabbitmq.pid'),
		RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
		// the script then execs the virtual machine instead of staying before it as a wrapper
		RUNNING_UNDER_SYSTEMD: 'true',
	};
}

function writeConfiguration(server: RabbitServer, directory: string): void {
	const { ports, password, erlangCookie, diskFreeLimitBytes } = server;
	mkdirSync(join(directory, 'conf.d'), { recursive: true, mode: 0o700 });
	const write = (name: string, lines: string[]): void =>
		writeFileSync(join(directory, name), `${lines.join('\n')}\n`, { mode: 0o600 });
	write('rabbitmq-env.conf', []);
	write('enabled_plugins', ['[rabbitmq_management].']);
	write('advanced.config', ['[].']);
	write('rabbitmq.conf', [
		`listeners.tcp.default = 127.0.0.1:${ports.amqp}`,
		'management.tcp.ip = 127.0.0.1',
		`management.tcp.port = ${ports.management}`,
		`default_user = ${USER}`,
		`default_pass = ${password}`,
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
	writeCookie(join(directory, '.erlang.cookie'), erlangCookie);
}

/** Erlang insists on 0400, which cannot be written over. */
function writeCookie(path: string, cookie: string): void {
	rmSync(path, { force: true });
	writeFileSync(path, cookie, { mode: 0o400 });
	chmodSync(path, 0o400);
}

function serverScript(): string {
	const versions = existsSync(INSTALLED_IN)
		? readdirSync(INSTALLED_IN).filter((name) => name.startsWith('rabbitmq_server-'))
		: [];
	const newest = versions.sort().at(-1);
	if (newest === undefined) {
		throw new StartError(
			`RabbitMQ isn’t installed in ${INSTALLED_IN}. Install the Debian package rabbitmq-server, or set AMQP_URL to use your own.`,
		);
	}
	return join(INSTALLED_IN, newest, 'sbin', 'rabbitmq-server');
}
