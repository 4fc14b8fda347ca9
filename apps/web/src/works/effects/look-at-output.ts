import { ApiError, type FileRow } from '@creatorr/client';
import type { Work } from '../work.ts';
import type { EffectContext } from './context.ts';
import { pause } from './pause.ts';

const AFTER_TROUBLE_MS = 3_000;

/** Finds out the name and type of what came out. */
export async function lookAtOutput({ stage }: Work, { api, report, signal }: EffectContext): Promise<void> {
	if (stage.kind !== 'succeeded') return;
	const id = stage.job.output_file_id;
	if (id === undefined) return report({ type: 'output', output: 'gone' });
	for (;;) {
		try {
			const { download_url: _, ...output } = await api.files.get(id, { signal });
			return report({ type: 'output', output: output satisfies FileRow });
		} catch (error) {
			if (signal.aborted) return;
			const code = error instanceof ApiError ? error.code : undefined;
			if (code === 'unauthorized') return;
			if (code === 'not_found') return report({ type: 'output', output: 'gone' });
			await pause(AFTER_TROUBLE_MS, signal);
		}
	}
}
