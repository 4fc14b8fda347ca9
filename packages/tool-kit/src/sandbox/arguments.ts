import type { SandboxLimits } from '../limits/command-limits.ts';
import type { Scratch } from '../scratch/scratch.ts';
import type { CommandOptions } from '../tool/tool.ts';
import {
	SANDBOX_BINARY_DIRS,
	SANDBOX_INPUT,
	SANDBOX_PREWARMED_INPUT,
	SANDBOX_SCRATCH,
	systemFiles,
} from './paths.ts';

export interface SandboxedCommand {
	command: string;
	args: readonly string[];
	scratch: Scratch;
	limits: SandboxLimits;
	readOnly?: CommandOptions['readOnly'];
	/** Binds the scratch directory's `prewarmedInputDir`, for files that are added while the command runs. */
	bindInputDir?: boolean;
	env?: CommandOptions['env'];
}

export const STATUS_FD = 3;
export const SETUP_FD = 4;
export const SECCOMP_FD = 5;

const MAX_OPEN_FILES = 1024;
/** When the machine runs out of memory, the kernel kills a tool first, not the worker. */
const OOM_SCORE_ADJUSTMENT = 1000;
const SECCOMP = ['--seccomp', String(SECCOMP_FD)];
const PATH = SANDBOX_BINARY_DIRS.join(':');
const ENVIRONMENT = {
	PATH,
	HOME: SANDBOX_SCRATCH,
	TMPDIR: '/tmp',
	LANG: 'C.UTF-8',
	LC_ALL: 'C.UTF-8',
	TZ: 'UTC',
};

/**
 * Returns the arguments of `bwrap`. Those with host paths go through a pipe (`setup`, for {@link SETUP_FD}), because a command in
 * the sandbox can read the command line of its init process.
 */
export async function sandboxArguments(run: SandboxedCommand): Promise<{ args: string[]; setup: string }> {
	const setup = [
		...namespaces(run.scratch),
		...['--hostname', 'sandbox', '--die-with-parent', '--new-session', '--clearenv'],
		...Object.entries({ ...ENVIRONMENT, ...run.env }).flatMap(([name, value]) => ['--setenv', name, value]),
		...(await systemFiles()),
		...['--proc', '/proc', '--dev', '/dev'],
		...['--bind', run.scratch.toolDir, SANDBOX_SCRATCH],
		...['--bind', run.scratch.tmpDir, '/tmp'],
		// Python's process pools create semaphores there; on disk, so that they count as scratch and not as memory.
		...['--bind', run.scratch.shmDir, '/dev/shm'],
		...Object.entries(run.readOnly ?? {}).flatMap(([name, path]) => readOnlyInput(name, path)),
		...(run.bindInputDir ? ['--ro-bind', run.scratch.prewarmedInputDir, SANDBOX_PREWARMED_INPUT] : []),
		...['--remount-ro', '/dev', '--remount-ro', '/', '--chdir', SANDBOX_SCRATCH],
		...['--json-status-fd', String(STATUS_FD)],
	];
	const args = ['--args', String(SETUP_FD), '--', ...dropRoot(run.scratch), ...resourceLimits(run.limits)];
	return { args: [...args, run.command, ...run.args], setup: setup.map((arg) => `${arg}\0`).join('') };
}

function readOnlyInput(name: string, path: string): string[] {
	if (!/^[\w.-]+$/.test(name)) throw new Error('the name of a read-only input must be a plain file name');
	return ['--ro-bind', path, `${SANDBOX_INPUT}/${name}`];
}

/**
 * An ordinary user needs a user namespace for the rights to build a sandbox. Root has these rights, and must not create a user
 * namespace here: it could map no user but root.
 */
function namespaces(scratch: Scratch): string[] {
	if (scratch.uid === undefined) {
		return [
			...['--unshare-all', '--unshare-user', '--disable-userns'],
			...['--uid', '65534', '--gid', '65534', '--cap-drop', 'ALL'],
			...SECCOMP,
		];
	}
	return ['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'];
}

/**
 * As root: becomes the scratch directory's own user, then enters a user namespace that allows no further one and counts the
 * processes of this sandbox alone.
 */
function dropRoot({ uid }: Scratch): string[] {
	if (uid === undefined) return [];
	return [
		...['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--no-new-privs'],
		...['--inh-caps=-all', '--bounding-set=-all', '--'],
		...['bwrap', '--unshare-user', '--disable-userns', '--uid', '65534', '--gid', '65534'],
		// Not earlier: the filter forbids creating namespaces.
		...SECCOMP,
		...['--dev-bind', '/', '/', '--chdir', SANDBOX_SCRATCH, '--'],
	];
}

/** Set inside the sandbox: outside, the process limit would count all processes of the worker's user. */
function resourceLimits(limits: SandboxLimits): string[] {
	return [
		...['choom', '--adjust', String(OOM_SCORE_ADJUSTMENT), '--'],
		'prlimit',
		`--as=${limits.memoryBytes}`,
		`--fsize=${limits.maxFileBytes}`,
		`--nproc=${limits.maxProcesses}`,
		`--cpu=${limits.cpuSeconds}`,
		`--nofile=${MAX_OPEN_FILES}`,
		'--core=0',
		'--',
	];
}
