import type { Home } from '../supervisor/home.ts';
import type { ProcessSnapshot, Report, Step } from '../supervisor/process.ts';
import { createSupervisor } from '../supervisor/supervisor.ts';
import { DRAIN_MS } from './product.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * Starts the steps, does the work, and stops every process again, whatever happened.
 * @param work is skipped when `stop` aborts while the processes start; it should end when `stop` aborts
 */
export async function withSupervisor(
	{
		home,
		steps,
		apps,
		report,
		stop,
	}: { home: Home; steps: Step[]; apps: ReadonlySet<string>; report: Report; stop: AbortSignal },
	work: (processes: () => ProcessSnapshot[]) => Promise<void>,
): Promise<void> {
	const supervisor = createSupervisor({ home, steps, report, draining: apps, drainMs: DRAIN_MS });
	try {
		await Promise.race([supervisor.start(), untilAborted(stop)]);
		if (!stop.aborted) await work(supervisor.snapshot);
	} finally {
		await supervisor.stop();
	}
}
