import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { breakingStatements } from './breaking-statements.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../../..');

describe('a statement that breaks the previous release', () => {
	test.each([
		['DROP TABLE "old";', 'drops a table'],
		['DROP TYPE "Kind";', 'drops a type, a view or a function'],
		['ALTER TABLE "jobs" DROP COLUMN "tool";', 'drops a column'],
		['ALTER TABLE "jobs" ADD COLUMN "a" TEXT,\nDROP COLUMN "b";', 'drops a column'],
		['ALTER TABLE "jobs" RENAME COLUMN "tool" TO "slug";', 'renames'],
		['ALTER TABLE "jobs" RENAME TO "tasks";', 'renames'],
		["ALTER TYPE \"Kind\" RENAME VALUE 'a' TO 'b';", 'renames'],
		['ALTER TABLE "jobs" ALTER COLUMN "tool" SET NOT NULL;', 'adds NOT NULL'],
		['ALTER TABLE "jobs" ALTER COLUMN "size" SET DATA TYPE BIGINT;', 'changes a type'],
		['ALTER TABLE "jobs" ALTER COLUMN "size" DROP DEFAULT;', 'drops a default'],
		['ALTER TABLE "jobs" ADD COLUMN "tool" TEXT NOT NULL;', 'adds a required column'],
		[
			'ALTER TABLE "jobs" ADD COLUMN "a" INTEGER NOT NULL DEFAULT 0,\nADD COLUMN "b" TEXT NOT NULL;',
			'adds a required column',
		],
		['ALTER TABLE "jobs" ADD CONSTRAINT "c" CHECK ("size" > 0);', 'adds a constraint'],
		['ALTER TABLE "jobs" ADD COLUMN "a" NUMERIC(10,2) NOT NULL;', 'adds a required column'],
		['ALTER TABLE "jobs" ADD UNIQUE ("a");', 'adds a constraint'],
		['ALTER TABLE "jobs" ADD CHECK ("a" > 0);', 'adds a constraint'],
		['ALTER TABLE "jobs" ADD COLUMN "a" TEXT UNIQUE;', 'adds a constraint'],
		['DROP INDEX "i";', 'drops an index or constraint that ON CONFLICT may need'],
		[
			'ALTER TABLE "jobs" DROP CONSTRAINT "jobs_pkey";',
			'drops an index or constraint that ON CONFLICT may need',
		],
		['DO $$ BEGIN DROP TABLE x; END $$;', 'has effects that can’t be checked'],
		['CREATE UNIQUE INDEX "i" ON "jobs"("tool");', 'adds a unique index'],
		['CREATE TRIGGER "t" BEFORE UPDATE ON "jobs" FOR EACH ROW EXECUTE FUNCTION f();', 'adds a trigger'],
		['DELETE FROM "jobs" WHERE "tool" = \'gone\';', 'removes rows'],
	])('%s is found', (sql, what) => {
		expect(breakingStatements(sql)).toEqual([
			{ statement: sql.replace(/;$/, ''), what, unusedSince: undefined },
		]);
	});

	test.each([
		'CREATE TABLE "new" ("id" TEXT NOT NULL);\nCREATE UNIQUE INDEX "i" ON "new"("id");\nALTER TABLE "new" ADD CONSTRAINT "c" CHECK ("id" <> \'\');',
		'ALTER TABLE "jobs" ADD COLUMN "a" TEXT;',
		'ALTER TABLE "jobs" ADD COLUMN "a" JSONB NOT NULL DEFAULT \'{}\',\nADD COLUMN "b" TIMESTAMPTZ(3);',
		'ALTER TABLE "jobs" ADD COLUMN "a" INTEGER DEFAULT 0 NOT NULL;',
		'ALTER TABLE "jobs" ALTER COLUMN "a" DROP NOT NULL;',
		'CREATE INDEX "i" ON "jobs"("tool");',
		'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n\tDROP TABLE x;\nEND\n$$;',
		'-- DROP TABLE "jobs";\nUPDATE "jobs" SET "a" = 1;',
	])('is not found in %j', (sql) => {
		expect(breakingStatements(sql)).toEqual([]);
	});

	test('is found behind another statement on its line, and not in a string', () => {
		const sql = 'CREATE TABLE "n" ("a" TEXT); ALTER TABLE "jobs" DROP COLUMN "y";';
		expect(breakingStatements(sql)).toMatchObject([{ statement: 'ALTER TABLE "jobs" DROP COLUMN "y"' }]);
		expect(breakingStatements('UPDATE "jobs" SET "a" = \'; DROP TABLE jobs;\';')).toEqual([]);
	});

	test('has the version that first stopped using its object', () => {
		const sql = '-- contract, unused since 1.2.0: nobody reads it\nALTER TABLE "jobs" DROP COLUMN "tool";';
		expect(breakingStatements(sql)).toMatchObject([{ unusedSince: '1.2.0' }]);
	});
});

const released = readFileSync(join(REPOSITORY, 'CHANGELOG.md'), 'utf8').matchAll(/^## \[?(\d+\.\d+\.\d+)/gm);
const RELEASED = [...released].map(([, version]) => version);

test.each(globSync('apps/*/prisma/migrations/*/migration.sql', { cwd: REPOSITORY }).sort())(
	'%s removes nothing that the previous release may use',
	(path) => {
		const found = breakingStatements(readFileSync(join(REPOSITORY, path), 'utf8'));
		expect(found.filter(({ unusedSince }) => unusedSince === undefined)).toEqual([]);
		for (const { unusedSince } of found) expect(RELEASED).toContain(unusedSince);
	},
);
