import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { descendantsOf, home, pidOf } from '../../driver/processes.ts';
import type { Auditor } from './audit-report.ts';

const WORKERS = ['tool-worker', 'tool-worker-2'];

/** Jobs leave nothing on the host: no input in a scratch directory, no process of a worker that has ended. */
export const auditMachine: Auditor = async (_ledger, report) => {
	const root = join(home(), 'data', 'scratch');
	const families: number[] = [];
	for (const worker of WORKERS) {
		for (const name of await readdir(join(root, worker)).catch(() => [])) {
			const path = join(root, worker, name);
			// A prewarmed process has a directory, too, but no input yet.
			if (existsSync(join(path, 'input'))) report.find('scratch', `${path} holds an input`);
		}
		const pid = await pidOf(worker);
		families.push(pid, ...(await descendantsOf(pid)));
	}
	const sandboxed = await processesThatMount(`${root}/`);
	for (const pid of sandboxed.filter((one) => !families.includes(one)))
		report.find('process', `process ${pid} runs in a sandbox without a live worker`);
	report.counts['prewarmed processes'] = sandboxed.length;
};

/** Returns processes that have something of this directory mounted elsewhere, as those in a sandbox do. */
async function processesThatMount(directory: string): Promise<number[]> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
	const mounts = await Promise.all(
		pids.map((pid) => readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '')),
	);
	return pids.filter((_, index) => mounts[index]?.includes(directory));
}
