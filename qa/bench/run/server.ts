import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { eventually } from '../../driver/processes.ts';
import { BenchError } from '../log.ts';

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;

/** A server that runs beside the bench and ends with it. */
export interface Server {
	pid: number;
	stop(): Promise<void>;
}

interface ServerOptions {
	/** For messages. */
	name: string;
	command: readonly string[];
	env: NodeJS.ProcessEnv;
	/** Receives its output. */
	logPath: string;
	/** Answers with a status below 500 once it serves. */
	url: string;
}

/** Starts a server and waits until it serves. Rejects when it ends or isn't ready in time. */
export async function startServer({ name, command, env, logPath, url }: ServerOptions): Promise<Server> {
	const [program = '', ...args] = command;
	const logFile = openSync(logPath, 'a', 0o600);
	const child = spawn(program, args, { env, stdio: ['ignore', logFile, logFile] });
	closeSync(logFile);
	// A killed nginx would leave its workers behind.
	const terminate = () => child.kill('SIGTERM');
	process.once('exit', terminate);
	const ended = once(child, 'exit').finally(() => process.off('exit', terminate));
	const failed = ended.then(() => {
		throw new BenchError(`${name} exited immediately; log: ${logPath}`);
	});
	const answers = async () => {
		const answer = await fetch(url).catch(() => undefined);
		await answer?.body?.cancel();
		return (answer?.status ?? 500) < 500;
	};
	const ready = eventually(answers, READY_WITHIN_MS, `${name} is down at ${url}; log: ${logPath}`);
	await Promise.race([ready, failed]);
	return {
		pid: child.pid ?? 0,
		async stop() {
			const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
			terminate();
			await ended;
			clearTimeout(timer);
		},
	};
}
