import type { ToolContext } from './run.ts';

/** Throws an Error that says which one is missing, or why one can't be loaded, where the sandbox's Python lacks one of these. */
export async function requirePythonModules(
	exec: ToolContext['exec'],
	modules: readonly string[],
): Promise<void> {
	if (modules.length === 0) return;
	const result = await exec('python3', ['-I', '-c', `import ${modules.join(', ')}`]);
	if (result.exitCode === 0) return;
	const reason = result.timedOut ? 'it took too long' : result.stderrTail.trim().split('\n').at(-1);
	throw new Error(`Python can not load ${modules.join(', ')}: ${reason}`);
}
