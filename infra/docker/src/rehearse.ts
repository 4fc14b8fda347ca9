import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkHttp } from '../../local/src/backing/checks.ts';
import { ownDatabasesTask } from '../../local/src/backing/databases.ts';
import { choosePorts } from '../../local/src/backing/ports.ts';
import { postgresAdminUrl } from '../../local/src/backing/postgres.ts';
import { DATABASE_OWNERS, loadSecrets } from '../../local/src/backing/secrets.ts';
import { withTestHome } from '../../local/src/checks/test-home.ts';
import { runCommand, say } from '../../local/src/stack/command.ts';
import { printEvent } from '../../local/src/stack/print-event.ts';
import { type BackingServices, backingServices } from '../../local/src/stack/product.ts';
import { runProgram } from '../../local/src/stack/run-program.ts';
import type { ClaimedHome } from '../../local/src/supervisor/home.ts';
import type { Step } from '../../local/src/supervisor/process.ts';
import { withSupervisor } from '../../local/src/supervisor/supervisor.ts';
import { APPS } from './apps.ts';
import { type ComposeFile, REPOSITORY, readCompose } from './compose.ts';
import { composeVariables } from './compose-env.ts';
import { readTargets } from './dockerfile.ts';
import { runOneJob } from './one-job.ts';

const BUILD_TIMEOUT_MS = 20 * 60_000;
const MIGRATION_TIMEOUT_MS = 120_000;
/** PATH of the images. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const HOME = '/home/node';
/** The user of the images. */
const UID = 1000;
const SECCOMP = 'infra/seccomp/tool-worker.json';
const UNDER_SECCOMP = 'infra/docker/test/under-seccomp.py';
/** Placeholders. The rehearsal doesn't use Stripe. */
const STRIPE = {
	STRIPE_SECRET_KEY: 'sk_test_rehearsal',
	STRIPE_WEBHOOK_SECRET: 'whsec_rehearsal',
	STRIPE_PRICE_MONTHLY: 'price_monthly',
	STRIPE_PRICE_YEARLY: 'price_yearly',
};

interface Stage {
	home: ClaimedHome;
	/** Readable by everyone. Has `node`, the output of build-apps.sh in `apps/`, and the scratch directories of the processes in `scratch/`. */
	directory: string;
	compose: ComposeFile;
	backing: BackingServices;
	ports: Record<string, number>;
	stop: AbortSignal;
}

/**
 * Rehearses the images and docker-compose.yml without containers. It builds the apps from a clean copy of the last commit with the script of
 * the Dockerfile, migrates with the commands of Compose, and runs each app with the environment of Compose: as the images' user without
 * capabilities, on a read-only file system, and the worker under its seccomp profile. Then it runs one job. Only the addresses differ: all
 * servers are on loopback.
 */
await runCommand(async (stop) => {
	if (process.getuid?.() !== 0) {
		say(
			'Run this as root. Only root can switch to the user of the images and mount the file system read-only.',
		);
		return 1;
	}
	const directory = mkdtempSync(join(tmpdir(), 'creatorr-rehearsal-'));
	chmodSync(directory, 0o755);
	try {
		cpSync(process.execPath, join(directory, 'node'));
		await buildApps(directory, stop);
		await withTestHome((home) => rehearse({ home, directory, stop }), { logsName: 'rehearsal-logs' });
		return 0;
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
});

/** Builds the apps from the files of the last commit, without the directories in .dockerignore. */
async function buildApps(directory: string, stop: AbortSignal): Promise<void> {
	const context = join(directory, 'context');
	mkdirSync(context);
	say(`Building the apps in ${directory}`);
	await run(['sh', '-c', `git archive HEAD | tar --extract --directory '${context}'`], { stop });
	for (const left of ['docs', 'qa']) rmSync(join(context, left), { recursive: true });
	await run([join(context, 'infra/docker/build-apps.sh'), join(directory, 'apps')], { cwd: context, stop });
}

async function rehearse(given: Pick<Stage, 'home' | 'directory' | 'stop'>): Promise<void> {
	const backing = await backingServices(given.home, { durable: false });
	const ports = await choosePorts(given.home, [...APPS, controlPortName('auth'), 'public']);
	const compose = await readCompose(['billing'], { ...composeVariables(loadSecrets(given.home)), ...STRIPE });
	const stage: Stage = { ...given, compose, backing, ports };
	const steps = [
		...backing.steps,
		ownDatabasesTask(given.home),
		...migrationSteps(stage),
		...APPS.map((app) => appStep(stage, app)),
	];
	await withSupervisor({ home: given.home, steps, report: printEvent, stop: given.stop }, async () => {
		say(await runOneJob(`http://127.0.0.1:${ports.public}`));
	});
}

function migrationSteps(stage: Stage): Step[] {
	return DATABASE_OWNERS.map((owner): Step => {
		const { command, environment } = stage.compose.services[`${owner}-migrations`] ?? {};
		return {
			kind: 'task',
			name: `${owner}-migrations`,
			dependsOn: ['databases'],
			run: async () => {
				const env = localEnvironment(stage, owner, environment ?? {});
				const [, ...args] = command ?? [];
				await run([...asContainer(stage, owner), join(stage.directory, 'node'), ...args], {
					cwd: join(stage.directory, 'apps', owner),
					env,
					stop: stage.stop,
					timeoutMs: MIGRATION_TIMEOUT_MS,
				});
			},
		};
	});
}

function appStep(stage: Stage, app: string): Step {
	const target = readTargets().get(app);
	const [, main = ''] = target?.command ?? [];
	const port = stage.ports[app] ?? 0;
	const environment = { ...target?.env, ...stage.compose.services[app]?.environment };
	const { LD_PRELOAD = '', ...env } = localEnvironment(stage, app, environment);
	return {
		kind: 'process',
		name: app,
		dependsOn: ['postgres', 'rabbitmq', 's3', ...DATABASE_OWNERS.map((owner) => `${owner}-migrations`)],
		prefix: asContainer(stage, app),
		// Only the app loads jemalloc: setpriv aborts beside its background thread, which keeps root's capabilities.
		command: [
			...['env', `LD_PRELOAD=${LD_PRELOAD}`],
			...[join(stage.directory, 'node'), join(stage.directory, 'apps', app, main)],
		],
		env,
		checkReady: () => checkHttp(`http://127.0.0.1:${port}/health/ready`),
		readyTimeoutMs: 120_000,
		app,
	};
}

/** Returns the command that runs another one as in a container: only its scratch directory is writable, and it has no privileges. */
function asContainer({ directory }: Stage, app: string): string[] {
	const scratch = scratchOf(directory, app);
	mkdirSync(scratch, { recursive: true });
	chownSync(scratch, UID, UID);
	const readOnly = 'mount --bind "$1" "$1" && mount -o remount,bind,ro / && shift && exec "$@"';
	return [
		...['unshare', '--mount', 'sh', '-c', readOnly, 'sh', scratch],
		...['setpriv', `--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', '--no-new-privs'],
		...['--inh-caps=-all', '--bounding-set=-all', '--'],
		...(app === 'tool-worker'
			? ['/usr/bin/python3', join(directory, 'context', UNDER_SECCOMP), join(directory, 'context', SECCOMP)]
			: []),
	];
}

function controlPortName(app: string): string {
	return `${app}-control`;
}

function scratchOf(directory: string, app: string): string {
	return join(directory, 'scratch', app);
}

/** Returns the environment with the addresses on this machine instead of those in containers. */
function localEnvironment(
	{ home, directory, backing, ports }: Stage,
	app: string,
	environment: Record<string, string>,
): Record<string, string> {
	const database = new URL(postgresAdminUrl(home));
	const replaced = Object.entries(environment).map(([name, value]) => {
		const [, toApp, port] = /^http:\/\/([a-z-]+):(8081|8082)$/.exec(value) ?? [];
		if (toApp !== undefined)
			return [name, `http://127.0.0.1:${ports[port === '8082' ? controlPortName(toApp) : toApp]}`];
		return [name, value.replace('@postgres:5432', `@${database.host}`)];
	});
	const given = Object.fromEntries(replaced) as Record<string, string>;
	const here: Record<string, string> = {
		HOST: '127.0.0.1',
		PORT: String(ports[app]),
		SCRATCH_DIR: scratchOf(directory, app),
		PUBLIC_HOST: '127.0.0.1',
		PUBLIC_PORT: String(ports.public),
		CONTROL_PORT: String(ports[controlPortName(app)]),
		WEB_DIR: join(directory, 'apps', 'gateway', 'apps', 'web', 'dist'),
		AMQP_URL: backing.amqpUrl,
		S3_ENDPOINT: backing.s3.S3_ENDPOINT,
		S3_PUBLIC_ENDPOINT: backing.s3.S3_PUBLIC_ENDPOINT,
		SMTP_URL: 'smtp://127.0.0.1:9',
	};
	const own = Object.entries(here).filter(([name]) => name in given);
	return { PATH, HOME, ...given, ...Object.fromEntries(own) };
}

async function run(
	command: string[],
	options: { cwd?: string; env?: Record<string, string>; stop: AbortSignal; timeoutMs?: number },
): Promise<void> {
	const { cwd = REPOSITORY, env = process.env as Record<string, string>, stop } = options;
	const { timeoutMs = BUILD_TIMEOUT_MS } = options;
	const { exitCode, output } = await runProgram(command, { cwd, env, stop, timeoutMs });
	if (exitCode !== 0 && !stop.aborted) throw new Error(`${command.at(-1)} failed:\n${output}`);
}
