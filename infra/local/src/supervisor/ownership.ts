import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const MARK = 'CREATORR_SUPERVISED';
const END_TIMEOUT_MS = 5_000;
/** How long the last output of a process that ended may take to arrive. */
const LAST_OUTPUT_MS = 1_000;
/** `$PPID` is read after setpriv has set the signal. Another parent means that this process died before the signal was set. */
const EXIT_WITHOUT_PARENT = '[ "$PPID" = "$1" ] || exit 1; shift; exec "$@"';

/** Returns the mark that every process of a home carries in its environment, and its own children inherit. */
export function ownershipMark(homeRoot: string): Record<string, string> {
	return { [MARK]: homeRoot };
}

/** Returns whether an environment, as /proc shows it, carries the mark of this home and of no other. */
export function hasOwnershipMark(environ: string, homeRoot: string): boolean {
	return environ.split('\0').includes(`${MARK}=${homeRoot}`);
}

/**
 * Returns the command with a wrapper that makes the kernel kill it when this process dies, however it dies. The wrapper execs, so the
 * started pid is the command's own. A change of user or user namespace undoes this, so it must come before the wrapper.
 */
export function bindToThisProcess(command: string[]): string[] {
	return [
		...['setpriv', '--pdeathsig', 'KILL', '--'],
		...['sh', '-c', EXIT_WITHOUT_PARENT, 'sh', String(process.pid), ...command],
	];
}

/** Spawns a command that ends with this process, in a process group of its own: Ctrl-C on the terminal does not reach it. */
export function spawnBound(
	command: string[],
	{ cwd, env, prefix = [] }: { cwd: string; env: Record<string, string>; prefix?: string[] | undefined },
): { child: ChildProcess; ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }> } {
	const [program = '', ...args] = [...prefix, ...bindToThisProcess(command)];
	const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
	const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
	const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
		child.once('exit', (code, signal) => {
			killGroup(child);
			void Promise.race([closed, sleep(LAST_OUTPUT_MS)]).then(() => resolve({ code, signal }));
		});
	});
	return { child, ended };
}

/** Kills a process of `spawnBound` with everything it started. */
export function killGroup({ pid }: ChildProcess): void {
	if (pid !== undefined) killIfAlive(-pid);
}

/**
 * Returns the processes of this home that are alive. A pid alone proves nothing, since pids are reused; the environment that a
 * process was started with does.
 */
export function findOwnedProcesses(homeRoot: string): number[] {
	return readdirSync('/proc')
		.filter((entry) => /^\d+$/.test(entry))
		.map(Number)
		.filter((pid) => pid !== process.pid && isOwned(pid, homeRoot));
}

function isOwned(pid: number, homeRoot: string): boolean {
	try {
		if (!hasOwnershipMark(readFileSync(`/proc/${pid}/environ`, 'utf8'), homeRoot)) return false;
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		// it has ended, or belongs to another user
		return false;
	}
}

/**
 * Kills every process of this home and waits until they have ended. Only a supervisor that died uncleanly leaves some.
 * @returns how many there were
 * @throws when one survives SIGKILL for 5 s
 */
export async function endOwnedProcesses(homeRoot: string): Promise<number> {
	const found = findOwnedProcesses(homeRoot);
	const deadline = Date.now() + END_TIMEOUT_MS;
	for (let alive = found; alive.length > 0; alive = findOwnedProcesses(homeRoot)) {
		if (Date.now() > deadline) throw new Error(`can’t stop process ${alive.join(', ')}`);
		for (const pid of alive) killIfAlive(pid);
		await sleep(25);
	}
	return found.length;
}

function killIfAlive(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// it has ended
	}
}
