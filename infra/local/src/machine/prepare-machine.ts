import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { homePath } from '../settings/settings.ts';
import { say } from '../stack/command.ts';
import { CommandError } from '../supervisor/command-error.ts';
import { type Home, logFile, openHome } from '../supervisor/home.ts';
import { listPackages, missingPackages } from './debian-packages.ts';

const SCRIPT = join(import.meta.dirname, 'install-packages.sh');

/**
 * Installs the packages and checks that the tools can be sandboxed.
 * @throws CommandError that says what to do, when either fails
 */
export async function prepareMachine(wanted: string[], home?: Home): Promise<void> {
	await installPackages(wanted, home);
	await requireUserNamespaces();
}

/**
 * Installs what is missing of the packages, as root or through sudo without a password.
 * A started installation continues even if this command is interrupted, because dpkg must not be.
 * @param home where apt's log is written; the home of this machine unless given
 * @throws CommandError with the command to run as root if we may not install, or with apt's error
 */
export async function installPackages(wanted: string[], home: Home = openHome(homePath())): Promise<void> {
	const missing = missingPackages(wanted, await listPackages(wanted));
	if (missing.length === 0) return;
	const asRoot = await rootPrefix();
	if (asRoot === undefined) {
		throw new CommandError(
			`Debian packages are missing, and only root can install them. Run: sudo sh ${SCRIPT} ${missing.join(' ')}`,
		);
	}
	const log = logFile(home, 'apt');
	say(`Installing Debian packages (log: ${log}): ${missing.join(' ')}`);
	const descriptor = openSync(log, 'w', 0o600);
	const exitCode = await exitCodeOf([...asRoot, 'sh', SCRIPT, ...missing], descriptor);
	closeSync(descriptor);
	if (exitCode !== 0)
		throw new CommandError(`apt-get couldn’t install the packages: ${aptReason(readFileSync(log, 'utf8'))}`);
}

/** Returns the last error that apt gives; without one, its last line. */
export function aptReason(output: string): string {
	const lines = output.split('\n').filter((line) => line.trim() !== '');
	const error = lines.findLast((line) => line.startsWith('E: '));
	return error?.slice('E: '.length) ?? lines.at(-1) ?? 'no error message';
}

async function rootPrefix(): Promise<string[] | undefined> {
	if (process.getuid?.() === 0) return [];
	return (await exitCodeOf(['sudo', '-n', 'true'], 'ignore')) === 0 ? ['sudo', '-n'] : undefined;
}

async function exitCodeOf([program = '', ...args]: string[], output: number | 'ignore'): Promise<number> {
	const child = spawn(program, args, { detached: true, stdio: ['ignore', output, output] });
	try {
		const [code] = await once(child, 'exit');
		return code ?? 1;
	} catch {
		// the program does not exist
		return 1;
	}
}

/** The tools are sandboxed in namespaces of their own, and PostgreSQL needs one when we are root. */
async function requireUserNamespaces(): Promise<void> {
	try {
		await promisify(execFile)('unshare', ['--user', '--map-user=65534', '--map-group=65534', '--', 'true']);
	} catch {
		throw new CommandError(
			'The sandbox of the tools needs user namespaces, which are disabled here. Enable them (sysctl user.max_user_namespaces=10000, kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu). In a container, see docs/deploy.md: docker run --security-opt seccomp=infra/seccomp/tool-worker.json --security-opt systempaths=unconfined --security-opt apparmor=unconfined.',
		);
	}
}
