import type { ChildProcess } from 'node:child_process';
import { constants, getPriority } from 'node:os';
import type { Readable } from 'node:stream';
import type { CommandResult } from './command.ts';
import { captureOutput } from './lines.ts';
import { LOW, LOWEST, lowerPriority } from './low-priority.ts';
import { endNamespace, killProcess } from './process-tree.ts';
import { STATUS_FD } from './sandbox-arguments.ts';

const FORCE_AFTER_MS = 1000;
const KILLED = { exitCode: null, signal: 'SIGKILL' } as const;

type Exit = Pick<CommandResult, 'exitCode' | 'signal'>;

export interface SandboxStatus {
	/** Kills all processes of the sandbox. */
	kill(): void;
	/** Lets others go before all processes of the sandbox. */
	lowerPriority(): void;
	/** Has all threads of the sandbox weigh so many steps less; more of them at another time, but never fewer. */
	outweigh(steps: number): void;
	/** To be called when bwrap has ended. Resolves when nothing of the sandbox runs; bwrap itself does not wait for that. */
	settled(): Promise<void>;
	/** How the command ended. Throws when it never began; the tail of stderr says why. */
	exit(stderrTail: string): Exit;
}

/** Follows what bwrap says about its sandbox: first the init process, which is handed on, at last the command's exit code. */
export function followStatus(child: ChildProcess, onStart: (initPid: number) => void): SandboxStatus {
	let initPid: number | undefined;
	let exitCode: number | undefined;
	let isKilled = false;
	let isLowered = false;
	let steps = 0;
	const lower = () => {
		if (initPid === undefined) return;
		// What we start begins where we are.
		const threads = Math.min(LOWEST, getPriority() + (isLowered ? LOW : 0) + steps);
		lowerPriority(initPid, { threads, ...(isLowered && { session: LOW }) });
	};
	let force: NodeJS.Timeout | undefined;
	const capture = captureOutput((line) => {
		const message = parseStatus(line);
		// Only the first counts: bwrap says it before anything else runs.
		if (initPid === undefined && message['child-pid'] !== undefined) {
			initPid = message['child-pid'];
			if (isLowered) lower();
			onStart(initPid);
		}
		exitCode ??= message['exit-code'];
		if (isKilled && initPid !== undefined) killProcess(initPid);
	});
	(child.stdio[STATUS_FD] as Readable).on('data', (chunk: Buffer) => capture.write(chunk));
	return {
		kill() {
			isKilled = true;
			// Init and not bwrap: then bwrap ends after all of them and not before.
			if (initPid !== undefined) killProcess(initPid);
			force ??= setTimeout(() => child.kill('SIGKILL'), FORCE_AFTER_MS);
		},
		lowerPriority() {
			if (isLowered) return;
			isLowered = true;
			lower();
		},
		outweigh(more) {
			if (more <= steps) return;
			steps = more;
			lower();
		},
		async settled() {
			clearTimeout(force);
			if (initPid !== undefined) await endNamespace(initPid);
		},
		exit(stderrTail) {
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

/** bwrap and prlimit report death by a signal as shells do: 128 and its number. */
function decodeExit(code: number): Exit {
	const known = Object.entries(constants.signals) as [NodeJS.Signals, number][];
	const signal = known.find(([, number]) => number === code - 128)?.[0];
	return signal === undefined ? { exitCode: code, signal: null } : { exitCode: null, signal };
}
