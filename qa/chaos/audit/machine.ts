import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { descendantsOf, pidOf } from '../../driver/processes.ts';
import { environment } from '../environment.ts';
import type { Auditor, Finding } from './finding.ts';

const WORKERS = ['tool-worker', 'tool-worker-2'];

/** No job has left anything on the machine: no input in a scratch directory, no process of a worker that is gone. */
export const auditMachine: Auditor = async () => {
	const root = join(environment.home, 'data', 'scratch');
	const findings: Finding[] = [];
	for (const worker of WORKERS) {
		for (const name of await readdir(join(root, worker)).catch(() => [])) {
			const path = join(root, worker, name);
			// What stands by for the next job has a directory too, and no input in it yet.
			if (await isThere(join(path, 'input')))
				findings.push({ kind: 'scratch', what: `${path} holds an input` });
		}
	}
	const living = new Set(
		(await Promise.all(WORKERS.map(async (name) => familyOf(await pidOf(name))))).flat(),
	);
	const sandboxes = await processesWithin(`${root}/`);
	for (const pid of sandboxes.filter((pid) => !living.has(pid)))
		findings.push({ kind: 'process', what: `process ${pid} works in a sandbox of no living worker` });
	return { findings, counts: { 'sandboxes standing by': sandboxes.length } };
};

const familyOf = async (pid: number) => [pid, ...(await descendantsOf(pid))];

const isThere = (path: string) =>
	stat(path).then(
		() => true,
		() => false,
	);

/** Those that see something of this directory at a place of their own, as what runs in a sandbox does. */
async function processesWithin(directory: string): Promise<number[]> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
	const mounts = await Promise.all(
		pids.map((pid) => readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '')),
	);
	return pids.filter((_, index) => mounts[index]?.includes(directory));
}
