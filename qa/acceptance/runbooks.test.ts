import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type DatabaseOwner, queryDatabase } from '../driver/database.ts';

const OWNERS: readonly DatabaseOwner[] = ['auth', 'files', 'jobs', 'billing', 'webhooks'];
const RUNBOOKS = join(import.meta.dirname, '../../docs/runbooks');
/** EXPLAIN accepts these, and runs none of them. */
const EXPLAINABLE = /^(SELECT|UPDATE|DELETE|WITH)\b/;

/** Returns the queries of a page's code blocks. */
function queriesOf(page: string): string[] {
	const text = readFileSync(join(RUNBOOKS, page), 'utf8');
	const blocks = [...text.matchAll(/^ *```sql\n([\s\S]*?)^ *```/gm)].map(([, block = '']) => block);
	const statements = blocks.flatMap((block) => block.split(/;\n/)).map((statement) => statement.trim());
	return statements.filter((statement) => EXPLAINABLE.test(statement));
}

/** Returns why no database accepts the query, or undefined if one does. */
async function whyInvalid(query: string): Promise<string | undefined> {
	const reasons: string[] = [];
	for (const owner of OWNERS) {
		const reason = await queryDatabase(owner, `EXPLAIN ${query}`).then(
			() => undefined,
			(error: Error) => `${owner}: ${error.message}`,
		);
		if (reason === undefined) return undefined;
		reasons.push(reason);
	}
	return reasons.join('\n');
}

test('every query of the runbooks is valid in a database of the product', async () => {
	const queries = globSync('*.md', { cwd: RUNBOOKS }).flatMap(queriesOf);
	expect(queries.length).toBeGreaterThan(10);
	const invalid: [query: string, reasons: string][] = [];
	for (const query of queries) {
		const reasons = await whyInvalid(query);
		if (reasons !== undefined) invalid.push([query, reasons]);
	}
	expect(invalid).toEqual([]);
});
