import type { Page } from 'playwright-core';

/** The examples of /docs in one language: by operation, by tool, and the steps of the guide. */
export interface DocsExamples {
	operations: Record<string, string>;
	tools: Record<string, string>;
	steps: string[];
}

/** Returns the examples that the page shows after a click on this language. */
export async function docsExamples(page: Page, language: string): Promise<DocsExamples> {
	await page.getByRole('button', { name: language, exact: true }).first().click();
	return await page.evaluate((chosen) => {
		const found: DocsExamples = { operations: {}, tools: {}, steps: [] };
		for (const figure of document.querySelectorAll('figure')) {
			// an example without this language is shown in another
			if (figure.querySelector('[aria-pressed="true"]')?.textContent !== chosen) continue;
			const section = figure.closest('section')?.id ?? '';
			const code = figure.querySelector('pre')?.textContent ?? '';
			if (section === 'getting-started') found.steps.push(code);
			else if (section.startsWith('tool-')) found.tools[section.slice('tool-'.length)] = code;
			else found.operations[section] = code;
		}
		return found;
	}, language);
}
