/** A statement that takes away what an older version of a service may still use. */
export interface BreakingStatement {
	statement: string;
	what: string;
	/** The version that first did without it, as the comment before the statement says; undefined where there is no such comment. */
	unusedSince: string | undefined;
}

/** What a version that runs already would trip over, by what it is. On a table that the migration itself makes all of it is harmless. */
const RULES: readonly (readonly [what: string, pattern: RegExp])[] = [
	['drops a table', /^DROP TABLE (?:IF EXISTS )?"?(?<table>\w+)/i],
	['drops a type, a view or a function', /^DROP (?:TYPE|VIEW|FUNCTION|SCHEMA|SEQUENCE)\b/i],
	['renames', /^ALTER (?:TABLE|TYPE) (?:ONLY )?"?(?<table>\w+)"?.*\bRENAME\b/is],
	[
		'drops a column',
		/^ALTER TABLE (?:ONLY )?"?(?<table>\w+)"?.*\bDROP (?:COLUMN )?(?!NOT NULL|DEFAULT|CONSTRAINT)"?\w/is,
	],
	['drops a default', /^ALTER TABLE (?:ONLY )?"?(?<table>\w+)"?.*\bDROP DEFAULT\b/is],
	[
		'changes a type',
		/^ALTER TABLE (?:ONLY )?"?(?<table>\w+)"?.*\bALTER (?:COLUMN )?"?\w+"? (?:SET DATA )?TYPE\b/is,
	],
	['refuses NULL', /^ALTER TABLE (?:ONLY )?"?(?<table>\w+)"?.*\bSET NOT NULL\b/is],
	[
		'adds a column that has to be given',
		/^ALTER TABLE (?:ONLY )?"?(?<table>\w+)"?.*\bADD (?:COLUMN )?(?!CONSTRAINT)"?\w+"?(?:(?!\bDEFAULT\b)[^,])*NOT NULL(?:(?!\bDEFAULT\b)[^,])*(?:,|$)/is,
	],
	['adds a constraint', /^ALTER TABLE (?:ONLY )?"?(?<table>\w+)"?.*\bADD CONSTRAINT\b/is],
	['refuses equal rows', /^CREATE UNIQUE INDEX .*\bON "?(?<table>\w+)/is],
	['adds a trigger', /^CREATE (?:CONSTRAINT )?TRIGGER .*\bON "?(?<table>\w+)/is],
	['removes rows', /^(?:TRUNCATE(?: TABLE)?|DELETE FROM) "?(?<table>\w+)/i],
];

const MARK = /^-- contract, unused since (\d+\.\d+\.\d+)\b/m;

/** Ends at semicolons outside of a function's body; each with the comments before it. */
function statementsOf(sql: string): { comments: string; statement: string }[] {
	const bodies: string[] = [];
	const flat = sql.replace(/\$\$.*?\$\$/gs, (body) => `$$${bodies.push(body) - 1}$$`);
	return flat.split(/;\s*(?:\n|$)/).flatMap((part) => {
		const lines = part.split('\n');
		const isComment = (line: string) => line.trimStart().startsWith('--');
		const statement = lines
			.filter((line) => !isComment(line))
			.join('\n')
			.trim();
		return statement === '' ? [] : [{ comments: lines.filter(isComment).join('\n'), statement }];
	});
}

/**
 * What of a migration breaks versions that know nothing of it. Additions do not: while a version is rolled out, the one before
 * runs on the new tables.
 */
export function breakingStatements(sql: string): BreakingStatement[] {
	const statements = statementsOf(sql);
	const own = new Set(
		statements.flatMap(
			({ statement }) => /^CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)/i.exec(statement)?.[1] ?? [],
		),
	);
	return statements.flatMap(({ comments, statement }) =>
		RULES.flatMap(([what, pattern]) => {
			const found = pattern.exec(statement);
			if (found === null || own.has(found.groups?.table ?? '')) return [];
			return [{ statement, what, unusedSince: MARK.exec(comments)?.[1] }];
		}),
	);
}
