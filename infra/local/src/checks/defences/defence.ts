/** A piece of code that is taken out. */
export interface Cut {
	/** Relative to the repository. */
	file: string;
	/** What is there once in the file, and what is left in its place. */
	code: string;
	without: string;
}

/** Something that stands between a document's owner and everybody else, with the test that misses it when it is gone. */
export interface Defence extends Cut {
	/** What it does, as one would say it of the product: `refuses …`, `keeps …`. */
	name: string;
	/** Its other layers, each of which would do for this one. */
	also?: readonly Cut[];
	/** The test file, relative to the repository, that fails then; `test` is part of the test's name, as the file has it. */
	suite: string;
	test: string;
	/** The test waits for what does not come then. */
	isSlow?: true;
}

/** All that is taken out, in its order. */
export function cutsOf({ file, code, without, also = [] }: Defence): Cut[] {
	return [{ file, code, without }, ...also];
}

/** These packages' tests in `test/` run without Postgres, RabbitMQ and S3. */
const SELF_SUFFICIENT = [
	...['apps/gateway/', 'apps/tool-worker/'],
	...['packages/client/', 'packages/tool-kit/', 'packages/tools/'],
];

/** Whether its test runs against services; those next to what they test never do. */
export function needsServices({ suite }: Defence): boolean {
	return suite.includes('/test/') && !SELF_SUFFICIENT.some((start) => suite.startsWith(start));
}
