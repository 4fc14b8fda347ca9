import { launchChromium } from '../support/chromium.ts';
import { takePictures } from './pictures.ts';

/** Limit of a picture, so that the README loads fast. */
const MAX_BYTES = 120_000;

const browser = await launchChromium();
try {
	for (const [name, bytes] of await takePictures(browser)) {
		process.stdout.write(`${name.padEnd(16)}${Math.round(bytes / 1_000)} kB\n`);
		if (bytes <= MAX_BYTES) continue;
		process.stderr.write(`${name} has more than ${MAX_BYTES} bytes\n`);
		process.exitCode = 1;
	}
} finally {
	await browser.close();
}
