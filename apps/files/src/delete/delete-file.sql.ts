import type { FileLookup } from '../file.ts';
import { deletedColumns, visibleToOwner } from '../files.sql.ts';
import { applyPlanChanges, filesById, type PlanDeps } from '../plans/plans.sql.ts';

/** Deletes a file that its owner can see; returns false when there is none. */
export async function deleteVisibleFile(deps: PlanDeps, lookup: FileLookup): Promise<boolean> {
	await applyPlanChanges(deps, { userIds: [lookup.userId], which: filesById([lookup.id]) });
	const { count } = await deps.prisma.file.updateMany({
		where: { id: lookup.id, userId: lookup.userId, ...visibleToOwner() },
		data: deletedColumns(),
	});
	return count > 0;
}
