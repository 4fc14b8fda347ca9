import Environment from '@creatorr/config-jest/environment';
import { chromium } from 'playwright-core';

export default class extends Environment {
	constructor(config, context) {
		super(config, context);
		// Loads Playwright, which takes half a second of CPU time, once in a process and not again for each test file.
		this.global.playwrightChromium = chromium;
	}

	/** Tells `afterEach` whether its test has failed, which Jest doesn't. */
	handleTestEvent(event, state) {
		super.handleTestEvent(event, state);
		const { name } = event;
		if (name === 'test_start') this.global.hasTestFailed = false;
		if (name === 'test_fn_failure') this.global.hasTestFailed = true;
	}
}
