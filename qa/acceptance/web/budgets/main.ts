import { launchChromium } from '../support/chromium.ts';
import { problemsOf } from './inspect.ts';
import { exceeds, measureAll } from './measure.ts';
import { table } from './table.ts';

/** Loads every page on a desktop and on a phone. Prints what they cost and their problems, and fails when there are some. */
const browser = await launchChromium();
try {
	const { measures, problems } = await measureAll(browser, { inspect: problemsOf });
	process.stdout.write(`${[table(measures), ...problems].join('\n')}\n`);
	process.exitCode = measures.some(exceeds) || problems.length > 0 ? 1 : 0;
} finally {
	await browser.close();
}
