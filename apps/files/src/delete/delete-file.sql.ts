import type { OwnedFile } from '../file.ts';
import { deletedColumns, visibleToOwner } from '../files.sql.ts';
import { applyPlanChanges, filesById, type PlanDeps } from '../plans/plans.sql.ts';

/** Deletes a file that its owner can see; returns false when there is none. */
export async function deleteVisibleFile(deps: PlanDeps, file: OwnedFile): Promise<boolean> {
	await applyPlanChanges(deps, { userIds: [file.userId], which: filesById([file.id]) });
	const { count } = await deps.prisma.file.updateMany({
		where: { id: file.id, userId: file.userId, ...visibleToOwner() },
		data: deletedColumns(),
	});
	return count > 0;
}
