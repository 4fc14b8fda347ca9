import { setTimeout as sleep } from 'node:timers/promises';
import { crashPoint } from '@creatorr/service/crash-point';
import type { FilePolicy } from '../policy.ts';
import { type ChoreDeps, doChore } from './chore.ts';
import { type ConfirmDeps, confirmBucket } from './confirm-bucket.ts';
import { type PageDeps, type PageSize, reconcilePage } from './reconcile-page.ts';

export interface ReconcileDeps extends ChoreDeps {
	records: PageDeps['records'] & ConfirmDeps['records'];
	store: PageDeps['store'] & ConfirmDeps['store'];
	policy: PageDeps['policy'] & Pick<FilePolicy, 'reconcileEveryMs' | 'objectsPerSecond'>;
}

/**
 * Compares all rows with all objects, a page after the other, no faster than the policy says. One process at a time does so; when
 * it stops or dies, another goes on from the last page.
 */
export async function reconcile(deps: ReconcileDeps, stopping: AbortSignal, size?: PageSize): Promise<void> {
	const { reconcileEveryMs: everyMs, objectsPerSecond } = deps.policy;
	await doChore(
		deps,
		{
			name: 'reconciliation',
			everyMs,
			async work(turn, keep) {
				await confirmBucket(deps);
				const comparison = { ...deps, rememberedUntil: turn.lastBegunAt };
				let after: string | null = turn.position;
				while (after !== null && !stopping.aborted) {
					const startedAtMs = performance.now();
					const { counts, next } = await reconcilePage(comparison, after, size);
					crashPoint('files.reconcile.page-mended');
					if (!(await keep({ position: next ?? after, counts }))) return 'broken off';
					crashPoint('files.reconcile.page-kept');
					after = next;
					const dueMs = ((counts.objects + counts.lost) / objectsPerSecond) * 1_000;
					const leftMs = after === null ? 0 : dueMs - (performance.now() - startedAtMs);
					await sleep(Math.max(0, leftMs), undefined, { signal: stopping }).catch(() => undefined);
				}
				return after === null ? 'done' : 'broken off';
			},
		},
		stopping,
	);
}
