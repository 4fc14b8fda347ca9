import { launchChromium } from '../support/chromium.ts';
import { exceeds, measureAll } from './measure.ts';
import { table } from './table.ts';

/** Prints what the web app costs a browser, and fails when a cost exceeds its budget. */
const browser = await launchChromium();
try {
	const { measures } = await measureAll(browser);
	process.stdout.write(`${table(measures)}\n`);
	process.exitCode = measures.some(exceeds) ? 1 : 0;
} finally {
	await browser.close();
}
