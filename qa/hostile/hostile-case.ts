import type { JobErrorCode } from '@creatorr/contracts/jobs';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';
import type { World } from './world.ts';

/** How a job with a hostile file must end. One that `survives` may also fail with an error that blames the file: see {@link isSurvival}. */
export type Expected = { code: JobErrorCode } | { succeeds: true; text?: RegExp } | Survives;

interface Survives {
	survives: true;
	/** The family says that processing this file never ends. */
	mayTimeOut: boolean;
}

/** Errors that say that the tool, and not the file, is at fault. */
const NO_SURVIVAL: readonly JobErrorCode[] = ['internal', 'worker_lost'];

/** Returns whether a job that must survive its file may fail with this code. */
export function isSurvival(code: JobErrorCode, { mayTimeOut }: Survives): boolean {
	return code === 'timeout' ? mayTimeOut : !NO_SURVIVAL.includes(code);
}

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
 * that they accept: nothing must leak, hang or crash then. A file that would never end for one tool may time out for another.
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
				expected: { survives: true, mayTimeOut: file.deadlineMs !== undefined },
			}),
		);
	});
	return [...known, ...added];
}

/** It succeeds; where there is text to show, it is shown. */
export const succeeds = (text?: RegExp): Expected => ({ succeeds: true, ...(text && { text }) });
export const fails = (code: JobErrorCode): Expected => ({ code });
