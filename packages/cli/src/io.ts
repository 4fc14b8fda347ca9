import { InterruptedError } from './errors.ts';

/** The parts of the process that a command uses. */
export interface Io {
	env: NodeJS.ProcessEnv;
	stdin: NodeJS.ReadStream;
	stdout: NodeJS.WriteStream;
	stderr: NodeJS.WriteStream;
	/** Aborted with an InterruptedError by Ctrl-C. A second Ctrl-C exits at once. */
	signal: AbortSignal;
}

export function processIo(): Io {
	const controller = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM'] as const) {
		process.on(name, () => {
			const interruption = new InterruptedError(name);
			if (controller.signal.aborted) process.exit(interruption.exitCode);
			controller.abort(interruption);
		});
	}
	// The reader of our output has exited, as `head` does.
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code === 'EPIPE') process.exit(0);
		throw error;
	});
	const { env, stdin, stdout, stderr } = process;
	return { env, stdin, stdout, stderr, signal: controller.signal };
}
