import { TestEnvironment } from 'jest-environment-node';
import { NOT_STARTED } from './run-suite.ts';

/** Tells tests that fail from tests that never begin, which jest's report doesn't. */
export default class extends TestEnvironment {
	handleTestEvent({ name, test }) {
		if (name === 'test_fn_start' && test.errors.length > 0) test.errors.push(new Error(NOT_STARTED));
	}
}
