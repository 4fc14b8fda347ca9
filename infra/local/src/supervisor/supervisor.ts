import type { Home } from './home.ts';
import type { ManagedProcess, ProcessSnapshot, Report, Step } from './process.ts';
import { type Supervised, supervise } from './supervise.ts';

const LEAST_STOP_MS = 1_000;

export type Supervisor = {
	/** Resolves when every task is done and every process ready; rejects at the first that fails. Starts nothing after `stop`. */
	start: () => Promise<void>;
	/** Ends every process, dependents first. Safe to call at any time, also twice. */
	stop: () => Promise<void>;
	snapshot: () => ProcessSnapshot[];
};

/**
 * Runs a list of steps. A step starts when all that it depends on is ready, so whatever can run at the same time does.
 * @param drainMs how long all processes named in `draining` may take together, however many stand behind one another
 */
export function createSupervisor({
	home,
	steps,
	report,
	draining,
	drainMs,
}: {
	home: Home;
	steps: Step[];
	report: Report;
	draining: ReadonlySet<string>;
	drainMs: number;
}): Supervisor {
	assertComplete(steps);
	const processes = steps.filter((step) => step.kind === 'process');
	const supervised = new Map<string, Supervised>(
		processes.map((definition) => [definition.name, supervise(definition, { home, report })]),
	);
	let stopped: Promise<void> | undefined;

	async function runStep(step: Step): Promise<void> {
		if (stopped !== undefined) return;
		if (step.kind === 'task') await step.run();
		else await supervised.get(step.name)?.start();
	}

	return {
		async start() {
			const outcomes = new Map<string, Promise<void>>();
			const outcome = (name: string): Promise<void> => outcomes.get(name) ?? Promise.resolve();
			for (const step of inOrder(steps)) {
				outcomes.set(
					step.name,
					Promise.all(step.dependsOn.map(outcome)).then(() => runStep(step)),
				);
			}
			await Promise.all(outcomes.values());
		},
		stop() {
			stopped ??= stopAll(processes, supervised, draining, drainMs);
			return stopped;
		},
		snapshot: () => [...supervised.values()].map((one) => one.snapshot()),
	};
}

async function stopAll(
	processes: ManagedProcess[],
	supervised: Map<string, Supervised>,
	draining: ReadonlySet<string>,
	drainMs: number,
): Promise<void> {
	const drainedBy = Date.now() + drainMs;
	const ends = new Map<string, Promise<void>>();
	const end = ({ name, stopTimeoutMs }: ManagedProcess): Promise<void> => {
		const known = ends.get(name);
		if (known !== undefined) return known;
		const dependents = processes.filter((other) => other.dependsOn.includes(name));
		const ended = Promise.all(dependents.map(end)).then(() => {
			const leftMs = draining.has(name) ? drainedBy - Date.now() : stopTimeoutMs;
			return supervised.get(name)?.stop(Math.max(Math.min(stopTimeoutMs, leftMs), LEAST_STOP_MS));
		});
		ends.set(name, ended);
		return ended;
	};
	await Promise.all(processes.map(end));
}

/** The steps so that each comes after all it depends on. */
function inOrder(steps: Step[]): Step[] {
	const ordered: Step[] = [];
	const place = (step: Step, path: string[]): void => {
		if (path.includes(step.name))
			throw new Error(`${[...path, step.name].join(' → ')} depend on one another`);
		if (ordered.includes(step)) return;
		for (const other of steps) if (step.dependsOn.includes(other.name)) place(other, [...path, step.name]);
		ordered.push(step);
	};
	for (const step of steps) place(step, []);
	return ordered;
}

function assertComplete(steps: Step[]): void {
	const names = new Set(steps.map(({ name }) => name));
	if (names.size !== steps.length) throw new Error('two steps have the same name');
	for (const { name, dependsOn } of steps) {
		const missing = dependsOn.filter((other) => !names.has(other));
		if (missing.length > 0)
			throw new Error(`${name} depends on ${missing.join(', ')}, which is not in the list`);
	}
}
