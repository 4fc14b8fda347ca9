import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Attack = Awaited<ReturnType<typeof startAttack>>;

/** Starts an attack of attack.ts in a process of its own, which doesn't delay this one; resolves once it is under way. */
export async function startAttack(name: string, baseUrl: string, env: NodeJS.ProcessEnv = {}) {
	const program = join(import.meta.dirname, 'attack.ts');
	const child = spawn(process.execPath, ['--no-warnings', program, name, baseUrl], {
		stdio: ['pipe', 'pipe', 'inherit'],
		env: { ...process.env, NODE_OPTIONS: '', ...env },
	});
	const exited = once(child, 'exit');
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	if ((await lines.next()).value !== 'ready') throw new Error(`the attack ${name} could not start`);
	return {
		pid: child.pid ?? 0,
		kill: () => child.kill('SIGKILL'),
		/** Ends the attack; resolves with the number of answers by status. */
		async stop(): Promise<Record<string, number>> {
			child.stdin.end();
			const { value } = await lines.next();
			await exited;
			return JSON.parse(value ?? '{}');
		},
	};
}
