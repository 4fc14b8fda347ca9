/** A statement that removes what an older version of a service may still use. */
export interface BreakingStatement {
	statement: string;
	what: string;
	/** The version that first stopped using it, from the comment before the statement; undefined without such a comment. */
	unusedSince: string | undefined;
}

/** Statements that break a running version, with a description. On a table that the migration itself creates they are harmless. */
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
	['adds NOT NULL', /^ALTER TABLE (?:ONLY )?"?(?<table>\w+)"?.*\bSET NOT NULL\b/is],
	[
		'adds a required column',
		/^ALTER TABLE (?:ONLY )?"?(?<table>\w+)"?.*\bADD (?:COLUMN )?(?!CONSTRAINT)"?\w+"?(?:(?!\bDEFAULT\b)[^,])*NOT NULL(?:(?!\bDEFAULT\b)[^,])*(?:,|$)/is,
	],
	[
		'adds a constraint',
		/^ALTER TABLE (?:ONLY )?"?(?<table>\w+)"?.*\bADD (?:CONSTRAINT|UNIQUE|CHECK|PRIMARY KEY|FOREIGN KEY|EXCLUDE)\b/is,
	],
	[
		'adds a constraint',
		/^ALTER TABLE (?:ONLY )?"?(?<table>\w+)"?.*\bADD (?:COLUMN )?"?\w+"?[^,]*\b(?:UNIQUE|CHECK|PRIMARY KEY|REFERENCES)\b/is,
	],
	['drops an index or constraint that ON CONFLICT may need', /^DROP INDEX\b/i],
	[
		'drops an index or constraint that ON CONFLICT may need',
		/^ALTER TABLE (?:ONLY )?"?(?<table>\w+)"?.*\bDROP CONSTRAINT\b/is,
	],
	['has effects that can’t be checked', /^(?:DO|CALL|EXECUTE)\b/i],
	['adds a unique index', /^CREATE UNIQUE INDEX .*\bON "?(?<table>\w+)/is],
	['adds a trigger', /^CREATE (?:CONSTRAINT )?TRIGGER .*\bON "?(?<table>\w+)/is],
	['removes rows', /^(?:TRUNCATE(?: TABLE)?|DELETE FROM) "?(?<table>\w+)/i],
];

const MARK = /^-- contract, unused since (\d+\.\d+\.\d+)\b/m;

interface Part {
	comments: string;
	/** The statement as written. */
	statement: string;
	/** Without quoted text, function bodies and brackets, where words have other meanings. */
	bare: string;
}

/** Returns each statement with the comments before it. */
function statementsOf(sql: string): Part[] {
	const hidden: string[] = [];
	const hide = (text: string) => `\ue000${hidden.push(text) - 1}\ue000`;
	const show = (text: string): string =>
		text.includes('\ue000')
			? show(text.replace(/\ue000(\d+)\ue000/g, (_, at) => hidden[Number(at)] ?? ''))
			: text;
	const isComment = (line: string) => line.trimStart().startsWith('--');
	const flat = sql
		.replace(/\$\$.*?\$\$/gs, hide)
		.replace(/--[^\n]*|'[^']*'/g, (found) =>
			found.startsWith("'") ? hide(found) : found.replaceAll(';', ','),
		);
	return flat.split(';').flatMap((part) => {
		const lines = part.split('\n');
		const code = lines
			.filter((line) => !isComment(line))
			.join('\n')
			.trim();
		if (code === '') return [];
		const comments = lines.filter(isComment).join('\n');
		return [{ comments, statement: show(code), bare: withoutBrackets(code) }];
	});
}

function withoutBrackets(code: string): string {
	const outer = code.replace(/\([^()]*\)/g, ' ');
	return outer === code ? code : withoutBrackets(outer);
}

/**
 * Returns the statements of a migration that break versions which don't know it. Additions don't: during a rollout, the previous version
 * runs on the new tables.
 */
export function breakingStatements(sql: string): BreakingStatement[] {
	const statements = statementsOf(sql);
	const own = new Set(
		statements.flatMap(({ bare }) => /^CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)/i.exec(bare)?.[1] ?? []),
	);
	return statements.flatMap(({ comments, statement, bare }) => {
		const broken = RULES.filter(([, pattern]) => {
			const found = pattern.exec(bare);
			return found !== null && !own.has(found.groups?.table ?? '');
		});
		const unusedSince = MARK.exec(comments)?.[1];
		return [...new Set(broken.map(([what]) => what))].map((what) => ({ statement, what, unusedSince }));
	});
}
