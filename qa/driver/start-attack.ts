import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Attack = Awaited<ReturnType<typeof startAttack>>;

/** An attack that isn't under way by then can't reach the product. */
const READY_MS = 60_000;

/**
 * Starts an attack of attack.ts in a process of its own, which doesn't delay this one; resolves once it is under way.
 * @param options.niceness 19 leaves the CPU time of this machine to the product, as an attacker elsewhere does
 */
export async function startAttack(
	name: string,
	baseUrl: string,
	{ env = {}, niceness = 0 }: { env?: NodeJS.ProcessEnv; niceness?: number } = {},
) {
	const program = join(import.meta.dirname, 'attack.ts');
	const child = spawn(process.execPath, ['--no-warnings', program, name, baseUrl], {
		stdio: ['pipe', 'pipe', 'inherit'],
		env: { ...process.env, NODE_OPTIONS: '', ...env },
	});
	// before the process has threads, which would keep their priority
	if (child.pid !== undefined && niceness !== 0) setPriority(child.pid, niceness);
	const exited = once(child, 'exit');
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	const tooLate = setTimeout(() => child.kill('SIGKILL'), READY_MS);
	const first = await lines.next();
	clearTimeout(tooLate);
	if (first.value !== 'ready') throw new Error(`the attack ${name} could not start`);
	return {
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
