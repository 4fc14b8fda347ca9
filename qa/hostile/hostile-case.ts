import type { JobErrorCode } from '@creatorr/contracts/jobs';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';
import type { World } from './world.ts';

/** How a job with a hostile file must end. */
export interface Expected {
	/** For the verdict on another end. */
	name: string;
	maySucceed: boolean;
	mayFailWith(code: JobErrorCode): boolean;
	/** Matches the text of the output, where there is one. */
	text?: RegExp;
}

/** The job fails with this code. */
export const fails = (code: JobErrorCode): Expected => ({
	...{ name: code, maySucceed: false, mayFailWith: (one) => one === code },
});

/** The job succeeds. */
export const succeeds = (text?: RegExp): Expected => ({
	...{ name: 'success', maySucceed: true, mayFailWith: () => false },
	...(text && { text }),
});

/** The job succeeds, or fails with an error that blames the file, or with a timeout where processing the file never ends. */
export const survives = (isEndless: boolean): Expected => ({
	...{ name: 'survival', maySucceed: true },
	mayFailWith: (code) => (code === 'timeout' ? isEndless : code !== 'internal' && code !== 'worker_lost'),
});

/** A hostile file, as an attacker might upload it, and how its job must end. */
export interface HostileCase {
	/** Unique within its family. */
	name: string;
	tool: string;
	/** As its uploader declares them. */
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
