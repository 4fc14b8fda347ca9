import type { JobErrorCode } from '@creatorr/contracts/jobs';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';
import type { World } from './world.ts';

/** What a job on a hostile file must come to; a job that `survives` succeeds or fails with any error for its user. */
export type Expected = { code: JobErrorCode } | { succeeds: true; text?: RegExp } | { survives: true };

/** A file that means harm, as somebody might upload it, and what must come of it. */
export interface HostileCase {
	/** Unique within its family. */
	name: string;
	tool: string;
	fileName: string;
	/** As declared by whoever uploads it. */
	mimeType: string;
	make: () => Buffer | Promise<Buffer>;
	params?: Record<string, unknown>;
	expected: Expected;
	/** For one that would never end. */
	deadlineMs?: number;
}

export interface Family {
	name: string;
	cases(world: World): HostileCase[];
}

/**
 * Returns the cases of a family. Tools whose manifest names the family, but for which it has no case, get the files of the others
 * that they accept: nothing must leak, hang or crash then.
 */
export function casesOf(family: Family, world: World, manifests: Iterable<ToolManifest>): HostileCase[] {
	const known = family.cases(world);
	const others = [...manifests].filter(
		({ slug, hostileFamilies = [] }) =>
			hostileFamilies.includes(family.name) && known.every(({ tool }) => tool !== slug),
	);
	const added = others.flatMap(({ slug, accepts }) => {
		const accepted = known.filter(({ mimeType }) => accepts.includes(mimeType));
		// Most files have a case for each of several tools.
		const files = new Map(accepted.map((one) => [one.make, one])).values();
		return [...files].map(
			({ params: _, ...file }): HostileCase => ({
				...file,
				name: `${file.name}, for ${slug} too`,
				tool: slug,
				expected: { survives: true },
			}),
		);
	});
	return [...known, ...added];
}

/** It succeeds; where there is text to show, it is shown. */
export const succeeds = (text?: RegExp): Expected => ({ succeeds: true, ...(text && { text }) });
export const fails = (code: JobErrorCode): Expected => ({ code });
