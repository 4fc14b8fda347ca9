import { JOB_ERROR_CODES, type JobErrorCode } from '@creatorr/contracts/error-catalog';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';
import type { World } from './world.ts';

export type End = 'succeeded' | JobErrorCode;

/** How a job may end. A pattern means: it succeeds, and the text of its output matches. */
export type Expected = End | RegExp | readonly End[];

export function endsOf(expected: Expected): readonly End[] {
	if (expected instanceof RegExp) return ['succeeded'];
	return typeof expected === 'string' ? [expected] : expected;
}

/** The job succeeds, or fails with an error that blames the file, or with a timeout where processing the file never ends. */
function survives(isEndless: boolean): readonly End[] {
	const blamesOthers = ['internal', 'worker_lost', ...(isEndless ? [] : ['timeout'])];
	return ['succeeded', ...JOB_ERROR_CODES.filter((code) => !blamesOthers.includes(code))];
}

/** A hostile file, as an attacker might upload it, and how its job must end. */
export interface HostileCase {
	/** Unique within its family. */
	name: string;
	tool: string;
	/** Name and type that the uploader declares. */
	fileName: string;
	mimeType: string;
	make: () => Buffer | Promise<Buffer>;
	params?: Record<string, unknown>;
	expected: Expected;
	/** For a file that some program never finishes: the case takes until a time limit, and the quick sample leaves it out. */
	deadlineMs?: number;
}

export interface Family {
	name: string;
	cases(world: World): HostileCase[];
}

/**
 * Returns the cases of a family. Tools whose manifest names the family, but for which it has no case, get the files of the others
 * that they accept: nothing must leak, hang or crash then. A file that never ends for one tool may time out for another.
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
				expected: survives(file.deadlineMs !== undefined),
			}),
		);
	});
	return [...known, ...added];
}
