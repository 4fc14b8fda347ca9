import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { slice } from '@creatorr/testing/slice';
import { describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { BASE_URL, newEmail, newPerson } from '../../driver/client.ts';
import { openApiDocument, routesOf } from '../../driver/openapi.ts';
import { makePdf } from '../../driver/pdf.ts';
import { useBrowser } from './support/browser.ts';
import { type DocsExamples, docsExamples } from './support/docs-examples.ts';
import { docx, scannedPdf } from './support/documents.ts';
import { readerOf, variablesFor, withEmail } from './support/reader.ts';
import {
	inFolder,
	runAsTyped,
	runCommandLine,
	runInShell,
	runProgram,
	runShell,
	runSnippets,
	type Snippet,
} from './support/run-example.ts';

const { visit } = useBrowser();

/** How many examples run at the same time. */
const AT_ONCE = 4;
/** How many operations of each language a run with TEST_SEED tries. */
const EXAMPLES_DRAWN = 15;

/** Only Stripe calls it. */
const WITHOUT_EXAMPLE = ['receiveStripeEvent'];
/** Operations without a method in the client. */
const WITHOUT_CLIENT = [...WITHOUT_EXAMPLE, 'getHealth', 'getOpenApi'];

let curl: DocsExamples;
let javascript: DocsExamples;
let cli: DocsExamples;
let operations: string[];

test('every operation has an example in each language that supports it', async () => {
	operations = routesOf(await openApiDocument()).map(({ operation }) => operation.operationId);
	const page = await visit({ path: '/docs' });
	await page.locator('section#createJob').waitFor();
	curl = await docsExamples(page, 'curl');
	javascript = await docsExamples(page, 'JavaScript');
	cli = await docsExamples(page, 'CLI');
	const without = (examples: DocsExamples) => operations.filter((id) => !examples.operations[id]);
	expect(without(curl)).toEqual(WITHOUT_EXAMPLE);
	expect(without(javascript).sort()).toEqual([...WITHOUT_CLIENT].sort());
	expect(Object.keys(cli.operations)).toEqual(expect.arrayContaining(['login', 'createJob', 'getJob']));
});

/** Returns the README's steps with curl, for the product under test. */
async function readmeWalkthrough(): Promise<string> {
	const readme = await readFile(join(import.meta.dirname, '..', '..', '..', 'README.md'), 'utf8');
	const [, block = ''] = /```sh\n(API=[\s\S]*?)```/.exec(readme) ?? [];
	return block.replace('http://127.0.0.1:8080', BASE_URL);
}

/** Returns the failures. */
type RunAll = (snippets: readonly Snippet[]) => Promise<string[]>;

const someAtOnce =
	(run: (snippet: Snippet) => Promise<unknown>): RunAll =>
	async (snippets) => {
		const failures: string[] = [];
		const tryOne = async (snippet: Snippet) => {
			await run(snippet).catch(({ message }: Error) => failures.push(`${snippet.name}: ${message}`));
		};
		await pMap(snippets, tryOne, { concurrency: AT_ONCE });
		return failures;
	};

const LANGUAGES: [string, () => DocsExamples, RunAll][] = [
	['with curl', () => curl, someAtOnce(runShell)],
	['in JavaScript', () => javascript, runSnippets],
	['on the command line', () => cli, someAtOnce(runCommandLine)],
];

describe.each(LANGUAGES)('%s', (_language, examples, runAll) => {
	test('the example of every operation works', async () => {
		const snippets: Snippet[] = [];
		const operations = slice(Object.entries(examples().operations), EXAMPLES_DRAWN);
		const addSnippet = async ([name, example]: (typeof operations)[number]) => {
			const { email, variables } = await readerOf(name, example);
			snippets.push({ name, example: withEmail(example, email), variables });
		};
		await pMap(operations, addSnippet, { concurrency: AT_ONCE });
		expect(await runAll(snippets)).toEqual([]);
	});

	test('the example of every tool works', async () => {
		const snippets: Snippet[] = [];
		for (const [name, example] of Object.entries(examples().tools)) {
			const document = name === 'office_to_pdf' ? docx() : await scannedPdf();
			snippets.push({ name, example, variables: await variablesFor(document), file: document });
		}
		expect(snippets.map(({ name }) => name)).toContain('compress_heavy');
		expect(await runAll(snippets)).toEqual([]);
	});
});

describe('the steps of getting started make a smaller PDF, also with an existing account', () => {
	const input = makePdf({ pages: 2 });

	test.each(LANGUAGES)('%s', async (language, examples) => {
		const example = withEmail(examples().steps.join('\n\n'), newEmail());
		await inFolder(async (folder) => {
			await writeFile(join(folder, 'input.pdf'), input);
			for (const _time of ['first', 'second']) {
				if (language === 'in JavaScript') await runProgram(example, folder);
				else await runInShell(example, {}, folder);
				await expectSmallerPdf(folder);
			}
		});
	});

	test('in the README', async () => {
		const example = withEmail(await readmeWalkthrough(), newEmail());
		await inFolder(async (folder) => {
			await writeFile(join(folder, 'input.pdf'), input);
			for (const _time of ['first', 'second']) {
				await runInShell(example, {}, folder);
				await expectSmallerPdf(folder);
			}
		});
	});

	test('and stop at once when the account has another password', async () => {
		const { email } = await newPerson();
		const otherPassword = (example: string) =>
			withEmail(example, email).replaceAll(/"password": ?"[^"]*"/g, '"password":"tulip anchor velvet"');
		for (const example of [curl.steps.join('\n\n'), await readmeWalkthrough()]) {
			await inFolder(async (folder) => {
				await writeFile(join(folder, 'input.pdf'), input);
				await expect(runAsTyped(otherPassword(example), folder)).rejects.toThrow(/no token/);
			});
		}
	});

	test('and stop when the job fails', async () => {
		for (const example of [curl.steps.join('\n\n'), await readmeWalkthrough()]) {
			await inFolder(async (folder) => {
				await writeFile(join(folder, 'input.pdf'), 'no PDF');
				const failing = runAsTyped(withEmail(example, newEmail()), folder);
				await expect(failing).rejects.toThrow(/no output: done\.json says why/);
			});
		}
	});

	async function expectSmallerPdf(folder: string): Promise<void> {
		const output = await readFile(join(folder, 'smaller.pdf'));
		expect(output.subarray(0, 5).toString()).toBe('%PDF-');
		expect(output.length).toBeLessThan(input.length);
		await rm(join(folder, 'smaller.pdf'));
	}
});
