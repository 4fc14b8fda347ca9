import { TestEnvironment } from 'jest-environment-node';
import { NOT_STARTED } from './run-suite.ts';

/** Distinguishes tests that fail from tests that never start. Jest's report doesn't. */
export default class extends TestEnvironment {
	handleTestEvent({ name, test }) {
		if (name === 'test_fn_start' && test.errors.length > 0) test.errors.push(new Error(NOT_STARTED));
	}
}
