import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { home } from '../../driver/processes.ts';

const COMMANDS = resolve(import.meta.dirname, '../../../infra/local/src');

/** Runs an operator's command on the running product. Resolves to its report. */
export async function operate(
	command: 'admin' | 'dlq',
	...args: string[]
	// biome-ignore lint/suspicious/noExplicitAny: a test reads any report, and fails when a field is missing
): Promise<any> {
	const env = { ...process.env, CREATORR_HOME: home(), NODE_OPTIONS: '' };
	const program = [resolve(COMMANDS, `${command}.ts`), ...args, '--json'];
	return JSON.parse((await promisify(execFile)(process.execPath, program, { env })).stdout);
}
