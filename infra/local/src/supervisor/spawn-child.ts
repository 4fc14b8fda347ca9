import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { type Home, pidFile } from './home.ts';
import { createLineSplitter } from './line-splitter.ts';
import type { LogFile } from './log-file.ts';
import { ownershipMark, spawnBound } from './ownership.ts';
import type { ManagedProcess } from './process.ts';

export type Child = Awaited<ReturnType<typeof spawnChild>>;

type Output = { log: LogFile; report: (type: 'line' | 'log-lost', text: string) => void };

/**
 * Starts a process, and writes its pid file and log.
 * @throws when the first program of the command cannot be run
 */
export async function spawnChild(
	{ name, prefix, command, env }: ManagedProcess,
	{ home, ...output }: Output & { home: Home },
) {
	const marked = { ...env, ...ownershipMark(home.root) };
	const { child, ended } = spawnBound(command, { cwd: home.root, prefix, env: marked });
	await once(child, 'spawn');
	collectOutput(child, output);
	try {
		writeFileSync(pidFile(home, name), `${child.pid}\n`);
	} catch (error) {
		child.kill('SIGKILL');
		throw error;
	}
	return {
		pid: child.pid ?? 0,
		/** Settles when the process has ended, with words that say how. */
		exited: ended.then(({ code, signal }) => {
			rmSync(pidFile(home, name), { force: true });
			return signal ? `killed by ${signal}` : `exit code ${code}`;
		}),
		signal: (signal: NodeJS.Signals): void => void child.kill(signal),
	};
}

function collectOutput(child: ChildProcess, { log, report }: Output): void {
	let isLogLost = false;
	for (const stream of [child.stdout, child.stderr]) {
		const split = createLineSplitter((line) => report('line', line));
		stream?.on('data', (chunk: Buffer) => {
			try {
				log.write(chunk);
				isLogLost = false;
			} catch (error) {
				// reported once; on a full disk the process keeps running without a log
				if (!isLogLost) report('log-lost', `log can’t be written: ${error}`);
				isLogLost = true;
			}
			split(chunk);
		});
	}
}
