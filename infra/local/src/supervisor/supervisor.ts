import { once } from 'node:events';
import type { ClaimedHome, Home } from './home.ts';
import type { ProcessSnapshot, Report, Step } from './process.ts';
import { SupervisedProcess } from './supervise.ts';

const MIN_DRAIN_MS = 1_000;
/** How long all apps together may take to drain: a second more than each app gives itself. */
const DRAIN_MS = 11_000;

export async function untilAborted(signal: AbortSignal): Promise<void> {
	if (!signal.aborted) await once(signal, 'abort');
}

/**
 * Starts the steps, does the work, and stops every process again, whatever happened. The status of the home shows the processes from
 * their start on.
 * @param work should end when `stop` aborts
 * @throws AbortError when `stop` aborts before the work begins
 */
export async function withSupervisor<T>(
	{ home, stop, ...options }: { home: ClaimedHome; steps: Step[]; report: Report; stop: AbortSignal },
	work: () => Promise<T>,
): Promise<T> {
	const supervisor = new Supervisor({ home, ...options });
	home.readProcesses = () => supervisor.snapshot();
	try {
		await Promise.race([supervisor.start(), untilAborted(stop)]);
		stop.throwIfAborted();
		return await work();
	} finally {
		await supervisor.stop();
	}
}

/** Runs a list of steps. A step starts when all that it depends on is ready, so whatever can run at the same time does. */
export class Supervisor {
	readonly #steps: Step[];
	readonly #processes: Map<string, SupervisedProcess>;
	#stopped: Promise<void> | undefined;

	/** @throws when a step depends on one that isn't there */
	constructor({ home, steps, report }: { home: Home; steps: Step[]; report: Report }) {
		assertComplete(steps);
		this.#steps = steps;
		const definitions = steps.filter((step) => step.kind === 'process');
		this.#processes = new Map(
			definitions.map((definition) => [definition.name, new SupervisedProcess(definition, { home, report })]),
		);
	}

	snapshot(): ProcessSnapshot[] {
		return [...this.#processes.values()].map(({ snapshot }) => snapshot);
	}

	/** Resolves when every task is done and every process ready; rejects at the first that fails. Starts nothing after `stop`. */
	async start(): Promise<void> {
		const dependenciesOf = ({ dependsOn }: Step) =>
			this.#steps.filter(({ name }) => dependsOn.includes(name));
		await forEachAfter(this.#steps, dependenciesOf, async (step) => {
			if (this.#stopped !== undefined) return;
			if (step.kind === 'task') await step.run();
			else await this.#processes.get(step.name)?.start();
		});
	}

	/** Ends every process, dependents first. Safe to call at any time, also twice. */
	stop(): Promise<void> {
		this.#stopped ??= this.#stopAll();
		return this.#stopped;
	}

	async #stopAll(): Promise<void> {
		const drainedBy = Date.now() + DRAIN_MS;
		const dependentsOf = ({ name }: Step) => this.#steps.filter(({ dependsOn }) => dependsOn.includes(name));
		await forEachAfter(this.#steps, dependentsOf, async ({ name }) => {
			const process = this.#processes.get(name);
			if (process === undefined) return;
			const { app, stopTimeoutMs } = process.definition;
			const drainMs = Math.max(drainedBy - Date.now(), MIN_DRAIN_MS);
			await process.stop(app === undefined ? stopTimeoutMs : drainMs);
		});
	}
}

/** Acts on every step once, after it has acted on all that `before` returns for it; on independent steps at the same time. */
async function forEachAfter(
	steps: Step[],
	before: (step: Step) => Step[],
	act: (step: Step) => Promise<void>,
): Promise<void> {
	const acted = new Map<Step, Promise<void>>();
	const visit = (step: Step): Promise<void> => {
		const acting = acted.get(step) ?? Promise.all(before(step).map(visit)).then(() => act(step));
		acted.set(step, acting);
		return acting;
	};
	await Promise.all(steps.map(visit));
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
