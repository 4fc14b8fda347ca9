import { createScratch, removeScratch } from '../scratch/scratch.ts';
import { execSandboxed } from './exec.ts';

const PROBE_LIMITS = {
	memoryBytes: 1024 ** 3,
	maxFileBytes: 1024 ** 2,
	maxProcesses: 16,
	cpuSeconds: 5,
};
const PROBE_TIMEOUT_MS = 10_000;

const HINT =
	'install bubblewrap and util-linux, and let the worker create namespaces (kernel.unprivileged_userns_clone=1, ' +
	'kernel.apparmor_restrict_unprivileged_userns=0; in a container, see docs/deploy.md)';

/** Returns why tools can't run in a sandbox on this machine and what to do, as one sentence; undefined when they can. */
export async function checkSandbox(scratchRoot: string): Promise<string | undefined> {
	const scratch = await createScratch(scratchRoot);
	try {
		const result = await execSandboxed({
			command: 'true',
			args: [],
			scratch,
			limits: PROBE_LIMITS,
			timeoutMs: PROBE_TIMEOUT_MS,
		});
		if (result.exitCode === 0) return undefined;
		return `a sandboxed command couldn’t run (${result.stderrTail || 'no output'}): ${HINT}`;
	} catch (error) {
		return `${error instanceof Error ? error.message : String(error)}: ${HINT}`;
	} finally {
		await removeScratch(scratch);
	}
}
