import type { BrowserContext } from 'playwright-core';

export interface PageErrors {
	/** One line per problem so far. */
	list: () => string[];
	/** Ignores matching lines from now on. */
	tolerate: (pattern: RegExp) => void;
	/** One line per request that failed or was refused, also where pages expect that. */
	refusals: () => string[];
}

/** Chromium logs this for every answer from 400 on and every broken connection, which are checked separately. */
const FAILED_RESOURCE = /^Failed to load resource/;

/** The name of the function by which pages report violations of the content security policy. */
const REPORT = 'reportPolicyViolation';

/**
 * Records what must not happen on any page: an error in the console, an uncaught error, a violation of the content
 * security policy, an answer from 500 on.
 */
export async function recordPageErrors(context: BrowserContext): Promise<PageErrors> {
	const found: string[] = [];
	const tolerated: RegExp[] = [];
	const refused: string[] = [];
	const note = (line: string): void => {
		if (!tolerated.some((pattern) => pattern.test(line))) found.push(line);
	};
	await context.exposeFunction(REPORT, (line: string) => note(`policy: ${line}`));
	await context.addInitScript((report) => {
		const tell = (window as unknown as Record<string, (line: string) => void>)[report];
		addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
			tell?.(`${violatedDirective} blocked ${blockedURI} in ${sourceFile}`);
		});
	}, REPORT);
	context.on('console', (message) => {
		if (message.type() !== 'error' || FAILED_RESOURCE.test(message.text())) return;
		note(`console: ${message.text()}`);
	});
	context.on('weberror', (error) => note(`uncaught: ${error.error().stack ?? error.error().message}`));
	context.on('response', (response) => {
		if (response.status() < 400) return;
		const line = `${response.request().method()} ${response.url()} answered ${response.status()}`;
		refused.push(line);
		if (response.status() >= 500) note(line);
	});
	context.on('requestfailed', (request) => {
		refused.push(`${request.method()} ${request.url()} failed: ${request.failure()?.errorText}`);
	});
	return {
		list: () => [...found],
		tolerate: (pattern) => tolerated.push(pattern),
		refusals: () => [...refused],
	};
}
