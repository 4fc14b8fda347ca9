import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants, getPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult } from '../tool/tool.ts';
import { STATUS_FD } from './arguments.ts';
import { killProcess } from './kill.ts';
import { captureOutput } from './output-capture.ts';
import { LOW_PRIORITY, lowerSessionPriority, renice, TOOL_PRIORITY } from './renice.ts';

const FORCE_AFTER_MS = 1000;
const KILLED = { exitCode: null, signal: 'SIGKILL' } as const;

type ExitStatus = Pick<CommandResult, 'exitCode' | 'signal'>;

export interface SandboxHandle {
	/** Kills all processes of the sandbox. */
	kill(): void;
	/** Lowers the priority of all processes of the sandbox below that of other tools. */
	lowerPriority(): void;
	/**
	 * Renices all threads of the sandbox by this many steps; fewer steps than before are ignored. Call it periodically with the sandbox's
	 * processes: where the kernel schedules by session, a session that a process began has full priority until the next call.
	 */
	renice(pids: readonly number[], steps: number): void;
	/** Kills the processes that are left after bwrap has ended. Resolves when none is left. */
	killRemaining(): Promise<void>;
	/** Returns how the command ended. Throws when it never began; the tail of stderr says why. */
	exitStatus(stderrTail: string): ExitStatus;
}

/**
 * Controls the sandbox of a bwrap process. Follows its status messages: first the init process, which `onStart` receives, last the
 * exit code of the command.
 */
export function createSandboxHandle(child: ChildProcess, onStart: (initPid: number) => void): SandboxHandle {
	let initPid: number | undefined;
	let exitCode: number | undefined;
	let isKilled = false;
	let priority = TOOL_PRIORITY;
	let steps = 0;
	const applyPriority = () => {
		if (initPid === undefined) return;
		// Child processes inherit the worker's own priority.
		const threads = Math.min(constants.priority.PRIORITY_LOW, getPriority() + priority + steps);
		renice(initPid, { threads, session: priority });
	};
	let force: NodeJS.Timeout | undefined;
	const capture = captureOutput((line) => {
		const message = parseStatus(line);
		// Only the first counts: bwrap writes it before anything else runs.
		if (initPid === undefined && message['child-pid'] !== undefined) {
			initPid = message['child-pid'];
			applyPriority();
			onStart(initPid);
		}
		exitCode ??= message['exit-code'];
		if (isKilled && initPid !== undefined) killProcess(initPid);
	});
	(child.stdio[STATUS_FD] as Readable).on('data', (chunk: Buffer) => capture.write(chunk));
	return {
		kill() {
			isKilled = true;
			// Kills the init process and not bwrap, so that bwrap ends after all processes of the sandbox.
			if (initPid !== undefined) killProcess(initPid);
			force ??= setTimeout(() => child.kill('SIGKILL'), FORCE_AFTER_MS);
		},
		lowerPriority() {
			if (priority === LOW_PRIORITY) return;
			priority = LOW_PRIORITY;
			applyPriority();
		},
		renice(pids, newSteps) {
			lowerSessionPriority(pids, priority);
			if (newSteps <= steps) return;
			steps = newSteps;
			applyPriority();
		},
		async killRemaining() {
			clearTimeout(force);
			if (initPid !== undefined) await endNamespace(initPid);
		},
		exitStatus(stderrTail) {
			if (isKilled) return KILLED;
			if (exitCode === undefined) throw new Error(`the sandbox could not be set up: ${stderrTail}`);
			return decodeExit(exitCode);
		},
	};
}

function parseStatus(line: string): { 'child-pid'?: number; 'exit-code'?: number } {
	try {
		return JSON.parse(line);
	} catch {
		return {};
	}
}

/** Decodes the exit code of bwrap and prlimit, which encode a signal as shells do: 128 and its number. */
function decodeExit(code: number): ExitStatus {
	const known = Object.entries(constants.signals) as [NodeJS.Signals, number][];
	const signal = known.find(([, number]) => number === code - 128)?.[0];
	return signal === undefined ? { exitCode: code, signal: null } : { exitCode: null, signal };
}

const POLL_MS = 5;
const MAX_WAIT_MS = 10_000;

/**
 * Ends a PID namespace by its init process, and resolves when no process of it runs: the kernel makes an init process a zombie
 * only after all others are dead. Throws when that takes more than 10 s (stuck in the kernel).
 */
async function endNamespace(initPid: number): Promise<void> {
	const startTime = await startTimeOf(initPid);
	if (startTime === undefined) return;
	killProcess(initPid);
	for (let waitedMs = 0; waitedMs < MAX_WAIT_MS; waitedMs += POLL_MS) {
		if ((await startTimeOf(initPid)) !== startTime) return;
		await sleep(POLL_MS);
	}
	throw new Error(`processes of a sandbox outlived SIGKILL by ${MAX_WAIT_MS} ms`);
}

/** Returns when a running process was started, which identifies it among processes with the same id; undefined for a dead one. */
async function startTimeOf(pid: number): Promise<string | undefined> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
	// The second field is the name in parentheses, which may contain spaces and parentheses.
	const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
	if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
	return fields[19];
}
