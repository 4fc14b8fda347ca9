import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireVariable } from './environment.ts';

/** Returns `CREATORR_HOME` of the running product. */
export const home = () => requireVariable('TEST_CREATORR_HOME');

const REPLICAS = Number(process.env.TEST_REPLICAS ?? 1);
/** A product with one gateway has the same URL twice. */
const GATEWAYS = new Set([process.env.TEST_BASE_URL, process.env.TEST_BASE_URL_2]).size;

/** Returns the names of the processes of an app, in a product whose apps have as many replicas as each other, save the gateway. */
export function replicasOf(app: string): string[] {
	const count = app === 'gateway' ? GATEWAYS : REPLICAS;
	return Array.from({ length: count }, (_, index) => (index === 0 ? app : `${app}-${index + 1}`));
}

const RESTART_MS = 30_000;

/** Returns the process id of a part of the product, as the supervisor knows it. Waits while it restarts. */
export async function pidOf(name: string): Promise<number> {
	const read = () => readFile(join(home(), 'run', `${name}.pid`), 'utf8').catch(() => '');
	await eventually(async () => (await read()) !== '', RESTART_MS, `${name} does not run`);
	return Number((await read()).trim());
}

/** Kills a process with SIGKILL; resolves once the supervisor has started another in its place. */
export async function killAndAwaitRestart(name: string, forMs = RESTART_MS): Promise<void> {
	const before = await pidOf(name);
	process.kill(before, 'SIGKILL');
	const isRestarted = async () => {
		const now = await pidOf(name);
		return now !== before && now > 0;
	};
	await eventually(isRestarted, forMs, `${name} did not restart`);
}

/** Returns resident memory now and at its highest, in bytes. */
export async function memoryOf(name: string): Promise<{ now: number; highest: number }> {
	const status = await readFile(`/proc/${await pidOf(name)}/status`, 'utf8');
	const read = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
	return { now: read('VmRSS'), highest: read('VmHWM') };
}

export async function resetHighestMemory(name: string): Promise<void> {
	await writeFile(`/proc/${await pidOf(name)}/clear_refs`, '5');
}

/** Returns the children of a process, and theirs. */
export async function descendantsOf(pid: number): Promise<number[]> {
	const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
	const pids = children.split(' ').filter(Boolean).map(Number);
	return [...pids, ...(await Promise.all(pids.map(descendantsOf))).flat()];
}

/** Returns the processes of a worker that run a tool for a job, without prewarmed ones. */
export async function busyDescendantsOf(pid: number): Promise<number[]> {
	const pids = await descendantsOf(pid);
	const lines = await Promise.all(
		pids.map((one) => readFile(`/proc/${one}/cmdline`, 'utf8').catch(() => '')),
	);
	return pids.filter((_, index) => lines[index] && !/\/input\/(office|optimizer)|soffice/.test(lines[index]));
}

/** Resolves once the condition holds; rejects with `what` when it doesn't in time. */
export async function eventually(
	condition: () => Promise<boolean>,
	forMs: number,
	what: string,
): Promise<void> {
	for (const end = Date.now() + forMs; Date.now() < end; await sleep(50)) if (await condition()) return;
	throw new Error(what);
}
