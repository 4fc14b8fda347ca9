import { expect, test } from '@jest/globals';
import { launchChromium } from '../support/chromium.ts';
import { exceeds, measureAll } from './measure.ts';
import { table } from './table.ts';

test('nothing that the web app costs a browser is more than it may', async () => {
	const browser = await launchChromium();
	try {
		const measures = await measureAll(browser);
		// a page that fetched nothing would be cheap, too
		expect(measures.find(({ what }) => what === 'first load: script')?.measured).toBeGreaterThan(10);
		expect(table(measures.filter(exceeds))).toBe('');
	} finally {
		await browser.close();
	}
});
