import { join, relative } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';
import { draw } from './draw.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/**
 * Jest's environment for Node. With TEST_SEED, a test file that begins with the comment `@slice N` runs N of its tests, and at least one
 * of each `describe`. The seed and the test file choose which. Jest reports the others as skipped.
 */
export default class extends TestEnvironment {
	#size;
	#seed;

	constructor(config, context) {
		super(config, context);
		const { slice } = context.docblockPragmas;
		this.#size = slice === undefined ? undefined : sizeOf(slice, context.testPath);
		const { TEST_SEED = '' } = process.env;
		this.#seed = TEST_SEED && `${TEST_SEED} ${relative(REPOSITORY, context.testPath)}`;
	}

	handleTestEvent({ name }, state) {
		// tests chosen by their name run, whatever the seed
		if (name !== 'run_start' || this.#size === undefined || this.#seed === '' || state.testNamePattern)
			return;
		const tests = testsOf(state.rootDescribeBlock);
		const kinds = tests.map(({ parent }) => parent);
		const drawn = draw(kinds, this.#size, this.#seed);
		for (const [index, test] of tests.entries()) {
			if (!drawn.has(index)) test.mode = 'skip';
		}
	}
}

function sizeOf(slice, testPath) {
	const size = Number(slice);
	if (!Number.isInteger(size) || size < 1) throw new Error(`@slice of ${testPath} is no number of tests`);
	return size;
}

/** Returns the tests of a describe block and of those in it, without those that are skipped anyway. */
function testsOf(block) {
	return block.children.flatMap((child) => {
		if (child.mode === 'skip' || child.mode === 'todo') return [];
		return child.type === 'describeBlock' ? testsOf(child) : [child];
	});
}
