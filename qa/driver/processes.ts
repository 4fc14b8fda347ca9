import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `CREATORR_HOME` of the running stack. */
export function home(): string {
	const value = process.env.TEST_CREATORR_HOME;
	if (!value)
		throw new Error(
			'TEST_CREATORR_HOME is not set: run npm test, or set it to the CREATORR_HOME of the running stack',
		);
	return value;
}

/** Of each app but the gateway, of which there are always two. */
const REPLICAS = Number(process.env.TEST_REPLICAS ?? 1);

/** The names of the processes of an app. */
export function replicasOf(app: string): string[] {
	const count = app === 'gateway' ? 2 : REPLICAS;
	return Array.from({ length: count }, (_, index) => (index === 0 ? app : `${app}-${index + 1}`));
}

const RESTART_MS = 30_000;

/** The process id of a part of the stack, as the supervisor keeps it; waits for one that is being started again. */
export async function pidOf(name: string): Promise<number> {
	const read = () => readFile(join(home(), 'run', `${name}.pid`), 'utf8').catch(() => '');
	await eventually(async () => (await read()) !== '', RESTART_MS, `${name} does not run`);
	return Number((await read()).trim());
}

/** kill -9; resolves once the supervisor has started another in its place. */
export async function killAndAwaitRestart(name: string, forMs = 30_000): Promise<void> {
	const before = await pidOf(name);
	process.kill(before, 'SIGKILL');
	for (const end = Date.now() + forMs; Date.now() < end; ) {
		await new Promise((resolve) => setTimeout(resolve, 100));
		const now = await pidOf(name);
		if (now !== before && now > 0) return;
	}
	throw new Error(`${name} was not started again`);
}

/** Resident memory now and at its highest, in bytes. */
export async function memoryOf(name: string): Promise<{ now: number; highest: number }> {
	const status = await readFile(`/proc/${await pidOf(name)}/status`, 'utf8');
	const read = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
	return { now: read('VmRSS'), highest: read('VmHWM') };
}

/** Starts the measure of the highest memory anew. */
export async function resetHighestMemory(name: string): Promise<void> {
	await writeFile(`/proc/${await pidOf(name)}/clear_refs`, '5');
}

/** The processes that a process started, and theirs. */
export async function descendantsOf(pid: number): Promise<number[]> {
	const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
	const pids = children.split(' ').filter(Boolean).map(Number);
	return [...pids, ...(await Promise.all(pids.map(descendantsOf))).flat()];
}

/** Processes of this worker that run a tool for a job; those that stand by for one are left out. */
export async function busyDescendantsOf(pid: number): Promise<number[]> {
	const pids = await descendantsOf(pid);
	const lines = await Promise.all(
		pids.map((one) => readFile(`/proc/${one}/cmdline`, 'utf8').catch(() => '')),
	);
	return pids.filter((_, index) => lines[index] && !/\/input\/(office|optimiser)|soffice/.test(lines[index]));
}

/** Resolves once the condition holds; rejects with `what` when it does not in time. */
export async function eventually(
	condition: () => Promise<boolean>,
	forMs: number,
	what: string,
): Promise<void> {
	for (const end = Date.now() + forMs; Date.now() < end; ) {
		if (await condition()) return;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error(what);
}
