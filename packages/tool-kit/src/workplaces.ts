import { createScratch, removeScratch } from './scratch.ts';
import { createShelf } from './shelf.ts';
import type { Tool } from './tool.ts';
import type { Workplace, WorkplacesOptions } from './workplace.ts';

export interface Workplaces {
	/** One that is empty and nobody else's. Waits for a process that is being started; has none where that fails. */
	take(tool: Tool): Promise<Workplace>;
	/** Nothing of the job is left when it resolves. */
	giveBack(workplace: Workplace): Promise<void>;
	/** By tool that has such a command, how many processes wait for a job. */
	ready(): Map<string, number>;
	/** Ends the processes that wait. What was taken has to be given back all the same. */
	stop(): Promise<void>;
}

/** Keeps processes ready for the tools that declare one, so that a job need not wait for its start. */
export function createWorkplaces(tools: Iterable<Tool>, options: WorkplacesOptions): Workplaces {
	const empty = (workplace: Workplace) => discard(workplace, options);
	const known = [...tools];
	const shelves = new Map(
		known.map((tool) => [tool.manifest.slug, createShelf(tool, { ...options, discard: empty })]),
	);
	return {
		async take(tool) {
			const waiting = await shelves.get(tool.manifest.slug)?.take();
			return waiting ?? { scratch: await createScratch(options.scratchRoot) };
		},
		async giveBack(workplace) {
			for (const shelf of shelves.values()) if (await shelf.takeBack(workplace)) return;
			await empty(workplace);
		},
		ready() {
			const withStandby = known.filter((tool) => tool.standby).map((tool) => tool.manifest.slug);
			return new Map(withStandby.map((slug) => [slug, shelves.get(slug)?.ready() ?? 0]));
		},
		async stop() {
			await Promise.all([...shelves.values()].map((shelf) => shelf.stop()));
		},
	};
}

async function discard({ standby, scratch }: Workplace, options: WorkplacesOptions): Promise<void> {
	try {
		await standby?.end();
		await removeScratch(scratch);
	} catch (error) {
		options.onProblem('scratch.not_removed', error);
	}
}
