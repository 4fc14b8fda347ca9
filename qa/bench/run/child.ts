import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../say.ts';

const ATTEMPT_EVERY_MS = 50;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;

/** A server that runs beside the bench, and no longer than it. */
export interface Child {
	pid: number;
	stop(): Promise<void>;
}

interface Given {
	/** For messages. */
	name: string;
	command: readonly string[];
	env: NodeJS.ProcessEnv;
	/** Where its output goes. */
	logPath: string;
	/** Answers with any status once it serves. */
	url: string;
	/** Whether the answer has to be a success. */
	mustBeOk?: boolean;
}

/** Starts it and waits until it serves. Throws a BenchError when it does not. */
export async function startChild(given: Given): Promise<Child> {
	const [program = '', ...args] = given.command;
	const log = openSync(given.logPath, 'a', 0o600);
	const child = spawn(program, args, { env: given.env, stdio: ['ignore', log, log] });
	closeSync(log);
	// nginx would leave its workers behind if it were killed
	const kill = () => child.kill('SIGTERM');
	process.once('exit', kill);
	child.once('exit', () => process.off('exit', kill));
	await serves(child, given);
	return { pid: child.pid ?? 0, stop: () => stop(child) };
}

async function serves(child: ChildProcess, { name, url, logPath, mustBeOk = false }: Given): Promise<void> {
	let failure: Error | undefined;
	child.once('error', (error) => {
		failure = error;
	});
	const deadlineMs = performance.now() + READY_WITHIN_MS;
	while (performance.now() < deadlineMs) {
		if (failure) throw new BenchError(`${name} can’t be started: ${failure.message}`);
		if (hasEnded(child)) throw new BenchError(`${name} exited immediately; log: ${logPath}`);
		const answer = await fetch(url).catch(() => undefined);
		await answer?.body?.cancel();
		if (answer && (answer.ok || !mustBeOk)) return;
		await sleep(ATTEMPT_EVERY_MS);
	}
	throw new BenchError(`${name} is down at ${url}; log: ${logPath}`);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
	return exitCode !== null || signalCode !== null;
}

async function stop(child: ChildProcess): Promise<void> {
	if (hasEnded(child)) return;
	const ended = once(child, 'exit');
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
	await ended;
	clearTimeout(timer);
}
