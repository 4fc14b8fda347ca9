import type { BrowserContext } from 'playwright-core';

export interface Trouble {
	/** What went wrong so far, a line each. */
	list: () => string[];
	/** Such lines don't count from now on. */
	tolerate: (pattern: RegExp) => void;
}

/** Chromium says so of every answer from 400 on, and of every connection that breaks: here answers speak for themselves. */
const FAILED_RESOURCE = /^Failed to load resource/;

/** The name under which a page says what its policy kept from it. */
const REPORT = 'reportPolicyViolation';

/**
 * Notes what must not happen on any page, and what nobody would see in a test: an error in the console, an error that
 * nobody caught, a violation of the page's policy, an answer from 500 on.
 */
export async function watchForTrouble(context: BrowserContext): Promise<Trouble> {
	const found: string[] = [];
	const tolerated: RegExp[] = [];
	const note = (line: string): void => {
		if (!tolerated.some((pattern) => pattern.test(line))) found.push(line);
	};
	await context.exposeFunction(REPORT, (line: string) => note(`policy: ${line}`));
	await context.addInitScript((report) => {
		const tell = (window as unknown as Record<string, (line: string) => void>)[report];
		addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
			tell?.(`${violatedDirective} kept ${blockedURI} from ${sourceFile}`);
		});
	}, REPORT);
	context.on('console', (message) => {
		if (message.type() !== 'error' || FAILED_RESOURCE.test(message.text())) return;
		note(`console: ${message.text()}`);
	});
	context.on('weberror', (error) => note(`uncaught: ${error.error().stack ?? error.error().message}`));
	context.on('response', (response) => {
		if (response.status() >= 500)
			note(`${response.request().method()} ${response.url()} answered ${response.status()}`);
	});
	return { list: () => [...found], tolerate: (pattern) => tolerated.push(pattern) };
}
