import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { boundToUs } from './bound-to-us.ts';
import { type Home, pidFile } from './home.ts';
import { createLineSplitter } from './lines.ts';
import type { LogFile } from './log-file.ts';
import { ownershipMark } from './ownership.ts';
import type { ManagedProcess, Report } from './process.ts';

/** How long the last output of a process that ended may take to arrive. */
const LAST_OUTPUT_MS = 500;

export type Child = {
	pid: number;
	/** Settles when the process has ended, with words that say how. */
	exited: Promise<string>;
	signal: (signal: NodeJS.Signals) => void;
};

/**
 * Starts the process in a session of its own, so that the terminal's Ctrl-C reaches only the supervisor, and
 * with the order to the kernel to kill it when the supervisor dies. The pid is the process's own: every wrapper execs.
 * @throws when the first program of the command cannot be run
 */
export async function spawnChild(
	definition: ManagedProcess,
	{ home, log, report }: { home: Home; log: LogFile; report: Report },
): Promise<Child> {
	const { name, prefix = [], command, env } = definition;
	const [program = '', ...args] = [...prefix, ...boundToUs(command)];
	const child = spawn(program, args, {
		cwd: home.root,
		detached: true,
		env: { ...env, ...ownershipMark(home.root) },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const ended = endOf(child);
	const pid = await spawned(child);
	collectOutput(child, name, log, report);
	try {
		writeFileSync(pidFile(home, name), `${pid}\n`);
	} catch (error) {
		child.kill('SIGKILL');
		throw error;
	}
	return {
		pid,
		exited: ended.then((how) => {
			rmSync(pidFile(home, name), { force: true });
			return how;
		}),
		signal: (signal) => {
			child.kill(signal);
		},
	};
}

function spawned(child: ChildProcess): Promise<number> {
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('spawn', () => resolve(child.pid ?? 0));
	});
}

function endOf(child: ChildProcess): Promise<string> {
	const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
	return new Promise((resolve) => {
		child.once('exit', (code, signal) => {
			if (child.pid !== undefined) killGroup(child.pid);
			const how = signal ? `killed by ${signal}` : `exit code ${code}`;
			void Promise.race([closed, sleep(LAST_OUTPUT_MS)]).then(() => resolve(how));
		});
	});
}

/** What a process started and left behind in its group goes with it. */
function killGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// the group is empty, as it should be
	}
}

function collectOutput(child: ChildProcess, name: string, log: LogFile, report: Report): void {
	let logWorks = true;
	for (const stream of [child.stdout, child.stderr]) {
		const split = createLineSplitter((line) => report({ type: 'line', name, line }));
		stream?.on('data', (chunk: Buffer) => {
			try {
				log.write(chunk);
				logWorks = true;
			} catch (error) {
				// said once; the process goes on without its log, as it would on a full disk
				if (logWorks) report({ type: 'log-lost', name, reason: String(error) });
				logWorks = false;
			}
			split(chunk);
		});
	}
}
