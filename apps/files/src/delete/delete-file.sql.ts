import type { OwnedFile } from '../file.ts';
import { deletion, visible } from '../files.sql.ts';
import { applyPlanChanges, filesById, type PlanDeps } from '../plans/plans.sql.ts';

/** Deletes a file that its owner can see; returns false when there is none. */
export async function deleteVisible(deps: PlanDeps, file: OwnedFile): Promise<boolean> {
	await applyPlanChanges(deps, { userIds: [file.userId], which: filesById([file.id]) });
	const { count } = await deps.prisma.file.updateMany({
		where: { id: file.id, userId: file.userId, ...visible() },
		data: deletion(),
	});
	return count > 0;
}
