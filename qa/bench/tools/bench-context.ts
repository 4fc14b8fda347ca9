import type { Tool } from '@creatorr/tool-kit/tool/tool';
import type { Worker } from '../run/worker.ts';
import type { MadeFiles } from '../samples/made.ts';
import { isMeasured, type Sample } from '../samples/sample.ts';

/** What the bench of one tool gets. */
export interface BenchContext {
	tool: Tool;
	/** Runs it, each job in a process of its own. */
	worker: Worker;
	samples: readonly Sample[];
	repeat: number;
	/** Undefined: leave them out. */
	large: MadeFiles['large'] | undefined;
	/** Says what is being measured now. */
	progress(label: string): unknown;
}

/** Measures each sample that must give an output, one after the other. */
export async function measureSamples<T>(
	context: BenchContext,
	measure: (context: BenchContext, sample: Sample) => Promise<T>,
): Promise<T[]> {
	const measured: T[] = [];
	for (const sample of context.samples.filter(isMeasured)) {
		context.progress(sample.label);
		measured.push(await measure(context, sample));
	}
	return measured;
}
