import { type Capabilities, capabilitiesSchema } from '@creatorr/contracts/jobs';
import type { PrismaClient } from './prisma.ts';

/**
 * By tool what every living worker that has it can offer: a job goes to any of them, so only what all have can be promised.
 * A tool that no living worker has is absent.
 */
export async function readCapabilities(
	prisma: PrismaClient,
	workerLifetimeMs: number,
): Promise<Map<string, Capabilities>> {
	const rows = await prisma.$queryRaw<{ tool: string; capabilities: unknown }[]>`
		SELECT DISTINCT slot.key AS tool, coalesce(capabilities -> slot.key, '{}') AS capabilities
		FROM workers, jsonb_each_text(slots) AS slot
		WHERE seen_at > now() - make_interval(secs => ${workerLifetimeMs / 1000}) AND slot.value::numeric > 0`;
	const common = new Map<string, Capabilities>();
	for (const { tool, capabilities } of rows) {
		const offered = capabilitiesSchema.parse(capabilities);
		const before = common.get(tool);
		common.set(tool, before ? intersection(before, offered) : offered);
	}
	return common;
}

function intersection(one: Capabilities, other: Capabilities): Capabilities {
	const names = Object.keys(one).filter((name) => name in other);
	return Object.fromEntries(
		names.map((name) => [name, (one[name] ?? []).filter((item) => other[name]?.includes(item))]),
	);
}
