import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fail } from './fail.mjs';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARENT_CHECK_MS = 500;

/**
 * Runs a program to its end, in this terminal. Signals for us go on to it, and so does the death of our parent.
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, output: string }>} `output` holds what it
 * wrote to stdout when `capture` is set
 */
export function run(program, args, { env = {}, cwd = REPOSITORY, capture = false } = {}) {
	const child = spawn(program, args, {
		cwd,
		env: { ...process.env, ...env },
		stdio: ['inherit', capture ? 'pipe' : 'inherit', 'inherit'],
	});
	const forward = (signal) => child.kill(signal);
	for (const signal of SIGNALS) process.on(signal, forward);
	const parent = process.ppid;
	const watch = setInterval(() => {
		if (process.ppid !== parent && process.env.npm_lifecycle_event !== undefined) child.kill('SIGTERM');
	}, PARENT_CHECK_MS);
	let output = '';
	child.stdout?.setEncoding('utf8').on('data', (chunk) => {
		output += chunk;
	});
	return new Promise((resolve) => {
		child.once('error', (error) => fail(`${program} cannot be run: ${error.message}.`));
		child.once('close', (code, signal) => {
			clearInterval(watch);
			for (const name of SIGNALS) process.off(name, forward);
			resolve({ code, signal, output });
		});
	});
}

/** Runs a program to its end, then ends as it did. */
export async function relay(program, args, env) {
	const { code, signal } = await run(program, args, { env });
	if (signal === null) process.exit(code);
	process.kill(process.pid, signal);
}
