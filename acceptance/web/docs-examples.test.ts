import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { newEmail } from '../support/client.ts';
import { openApiDocument, routesOf } from '../support/openapi.ts';
import { makePdf } from '../support/pdf.ts';
import { useBrowser } from './support/browser.ts';
import { type DocsExamples, docsExamples } from './support/docs-examples.ts';
import { docx, scannedPdf } from './support/documents.ts';
import { readerOf, variablesFor, withEmail } from './support/reader.ts';
import { inFolder, runProgram, runShell, runSnippets, type Snippet } from './support/run-example.ts';

const { visit } = useBrowser();

/** Stripe alone calls it. */
const WITHOUT_EXAMPLE = ['receiveStripeEvent'];
/** The client has no call for what is the service's own. */
const WITHOUT_CLIENT = [...WITHOUT_EXAMPLE, 'getHealth', 'getOpenApi'];

let curl: DocsExamples;
let javascript: DocsExamples;
let operations: string[];

test('every operation has an example, in each language that can do it', async () => {
	operations = routesOf(await openApiDocument()).map(({ operation }) => operation.operationId);
	const page = await visit({ path: '/docs' });
	await page.locator('section#createJob').waitFor();
	curl = await docsExamples(page, 'curl');
	javascript = await docsExamples(page, 'JavaScript');
	const without = (examples: DocsExamples) => operations.filter((id) => !examples.operations[id]);
	expect(without(curl)).toEqual(WITHOUT_EXAMPLE);
	expect(without(javascript).sort()).toEqual([...WITHOUT_CLIENT].sort());
});

async function runAllInShell(snippets: readonly Snippet[], folder: string): Promise<string[]> {
	const failures: string[] = [];
	for (const { name, example, variables } of snippets) {
		await runShell(example, variables, folder).catch(({ message }: Error) => {
			failures.push(`${name}: ${message}`);
		});
	}
	return failures;
}

describe.each([
	['curl', () => curl, runAllInShell] as const,
	['JavaScript', () => javascript, runSnippets] as const,
])('in %s', (_language, examples, run) => {
	test('the example of every operation works', async () => {
		const snippets: Snippet[] = [];
		for (const [name, example] of Object.entries(examples().operations)) {
			const { email, variables } = await readerOf(name, example);
			snippets.push({ name, example: withEmail(example, email), variables });
		}
		expect(await inFolder((folder) => run(snippets, folder))).toEqual([]);
	});

	test('the example of every tool works', async () => {
		const snippets: Snippet[] = [];
		for (const [name, example] of Object.entries(examples().tools)) {
			const document = name === 'office_to_pdf' ? docx() : await scannedPdf();
			snippets.push({ name, example, variables: await variablesFor(document) });
		}
		expect(snippets.map(({ name }) => name)).toContain('compress_heavy');
		expect(await inFolder((folder) => run(snippets, folder))).toEqual([]);
	});
});

describe('the steps of getting started make a smaller PDF', () => {
	const input = makePdf({ pages: 2 });

	async function expectSmaller(run: (folder: string) => Promise<string>): Promise<void> {
		await inFolder(async (folder) => {
			await writeFile(join(folder, 'input.pdf'), input);
			await run(folder);
			const output = await readFile(join(folder, 'smaller.pdf'));
			expect(output.subarray(0, 5).toString()).toBe('%PDF-');
			expect(output.length).toBeLessThan(input.length);
		});
	}

	const stepsOf = ({ steps }: DocsExamples) => withEmail(steps.join('\n\n'), newEmail());

	test('with curl', () => expectSmaller((folder) => runShell(stepsOf(curl), {}, folder)));

	test('in JavaScript', () => expectSmaller((folder) => runProgram(stepsOf(javascript), folder)));
});
