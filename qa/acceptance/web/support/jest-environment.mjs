import { TestEnvironment } from 'jest-environment-node';
import { chromium } from 'playwright-core';

/** Loads Playwright, which takes half a second of CPU time, once in a process and not again for each test file. */
export default class extends TestEnvironment {
	constructor(config, context) {
		super(config, context);
		this.global.playwrightChromium = chromium;
	}
}
