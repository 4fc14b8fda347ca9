import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { say } from '../stack/command.ts';
import { homePath } from '../stack/settings.ts';
import { type Home, logFile, openHome } from '../supervisor/home.ts';
import { StartError } from '../supervisor/start-error.ts';
import { listPackages, missingPackages } from './debian-packages.ts';

/** `--no-remove`: a desktop LibreOffice conflicts with ours, and the person's programs are not ours to take. */
const APT = ['apt-get', 'install', '-y', '--no-install-recommends', '--no-remove'];

/**
 * Debian starts the service of a package it installs, asking policy-rc.d first. The broker that we install must not
 * start: it would be a second one, on the default port. A policy that exists already is left as it is.
 */
const SCRIPT = `
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
mark='# made by creatorr while it installs packages'
if [ ! -e "$policy" ] || grep -qxF "$mark" "$policy"; then
	trap 'rm -f "$policy"' EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\\n%s\\nexit 101\\n' "$mark" > "$policy"
	chmod 755 "$policy"
fi
install() { ${APT.join(' ')} -o DPkg::Lock::Timeout=120 "$@"; }
# if one source is down, the packages of the others may do
update() { apt-get update || true; }
ls /var/lib/apt/lists/*Packages* > /dev/null 2>&1 || update
install "$@" || { update; install "$@"; }
`;

/**
 * Installs the packages and checks that the tools can be sandboxed.
 * @throws StartError that says what to do, when either fails
 */
export async function prepareMachine(wanted: string[], home?: Home): Promise<void> {
	await installPackages(wanted, home);
	await requireUserNamespaces();
}

/**
 * Installs what is missing of the packages, as root or through sudo without a password.
 * An installation that has begun goes on to its end even when the person stops us: dpkg does not bear interruption.
 * @param home where apt's log is written; the home of this machine unless given
 * @throws StartError with the command to run, when we may not; with apt's words, when it fails
 */
export async function installPackages(wanted: string[], home: Home = openHome(homePath())): Promise<void> {
	const missing = missingPackages(wanted, await listPackages(wanted));
	if (missing.length === 0) return;
	const asRoot = await rootPrefix();
	if (asRoot === undefined) {
		throw new StartError(
			`Debian packages are missing, and only root can install them. Run: sudo ${APT.join(' ')} ${missing.join(' ')}`,
		);
	}
	const log = logFile(home, 'apt');
	say(`Installing Debian packages (log: ${log}): ${missing.join(' ')}`);
	const descriptor = openSync(log, 'w', 0o600);
	const exitCode = await exitCodeOf([...asRoot, 'sh', '-c', SCRIPT, 'sh', ...missing], descriptor);
	closeSync(descriptor);
	if (exitCode !== 0)
		throw new StartError(`apt-get couldn’t install the packages: ${aptReason(readFileSync(log, 'utf8'))}`);
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
		throw new StartError(
			'The sandbox of the tools needs user namespaces, which are disabled here. Enable them (sysctl user.max_user_namespaces=10000, kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu). In a container, see docs/deploy.md: docker run --security-opt seccomp=infra/seccomp/tool-worker.json --security-opt systempaths=unconfined --security-opt apparmor=unconfined.',
		);
	}
}
