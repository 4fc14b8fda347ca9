import { setTimeout as sleep } from 'node:timers/promises';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { LEASE } from '../leases.sql.ts';
import { requireOwnBucket } from '../store/bucket-mark.ts';
import { type PageSize, reconcilePage } from './reconcile-page.ts';

interface ReconcileDeps extends Deps {
	/** Set only by tests. */
	pageSize?: PageSize;
}

/**
 * Compares all rows with all objects, page by page, no faster than the policy allows. When a process stops or dies, another continues
 * from the last page.
 */
export const reconcile = defineTask<ReconcileDeps>({
	name: 'reconciliation',
	everyMs: ({ policy }) => policy.reconcileEveryMs,
	lease: LEASE,
	async run(deps, { position, lastStartedAt, checkpoint }, stopping) {
		await requireOwnBucket(deps);
		let after: string | null = position;
		while (after !== null && !stopping.aborted) {
			const startedAtMs = performance.now();
			const { counts, next } = await reconcilePage(deps, { after, lastStartedAt }, deps.pageSize);
			crashPoint('files.reconcile.page-reconciled');
			if (!(await checkpoint({ position: next ?? after, counts }))) return 'interrupted';
			crashPoint('files.reconcile.page-saved');
			after = next;
			const dueMs = ((counts.objects + counts.lost + counts.restored) / deps.policy.objectsPerSecond) * 1_000;
			const leftMs = after === null ? 0 : dueMs - (performance.now() - startedAtMs);
			await sleep(Math.max(0, leftMs), undefined, { signal: stopping }).catch(() => undefined);
		}
		return after === null ? 'done' : 'interrupted';
	},
});
