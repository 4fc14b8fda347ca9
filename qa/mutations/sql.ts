/** A piece of a statement; an interpolation `${…}` and a string are one piece each. */
interface Token {
	text: string;
	start: number;
	end: number;
	/** How many parentheses are open around it. */
	depth: number;
}

export interface Span {
	start: number;
	end: number;
}

const PIECES = /'[^']*'|"[^"]*"|\w+|[^\s\w]/y;
/** Keywords after which a condition begins. */
const BEFORE_CONDITION = new Set(['WHERE', 'AND', 'WHEN']);
/** Keywords that end an expression. */
const AFTER_EXPRESSION = new Set(
	'AND THEN WHERE FROM ORDER GROUP LIMIT RETURNING FOR WINDOW UNION ON AS'.split(' '),
);

function tokensOf(sql: string): Token[] {
	const tokens: Token[] = [];
	let depth = 0;
	for (let at = 0; at < sql.length; ) {
		const text = sql.startsWith('${', at) ? interpolationAt(sql, at) : pieceAt(sql, at);
		if (text === ')') depth -= 1;
		if (text.trim() !== '') tokens.push({ text, start: at, end: at + text.length, depth });
		if (text === '(') depth += 1;
		at += text.length;
	}
	return tokens;
}

function interpolationAt(sql: string, start: number): string {
	let open = 0;
	for (let at = start + 1; at < sql.length; at += 1) {
		if (sql[at] === '{') open += 1;
		if (sql[at] === '}') open -= 1;
		if (open === 0) return sql.slice(start, at + 1);
	}
	return sql.slice(start);
}

function pieceAt(sql: string, start: number): string {
	PIECES.lastIndex = start;
	return PIECES.exec(sql)?.[0] ?? sql.slice(start, start + 1);
}

/** Finds the conditions of a statement: from WHERE, AND or WHEN to the next keyword at the same level. */
export function findConditions(sql: string): Span[] {
	const tokens = tokensOf(sql);
	return tokens.flatMap((token, index) => {
		const isBetween = tokens.slice(0, index).findLast(isKeywordAt(token.depth))?.text === 'BETWEEN';
		if (!BEFORE_CONDITION.has(token.text) || isBetween) return [];
		return [{ start: token.end, end: endOfExpression(sql, tokens, index + 1, { isList: false }) }];
	});
}

function isKeywordAt(depth: number) {
	return (token: Token) =>
		token.depth === depth && (BEFORE_CONDITION.has(token.text) || token.text === 'BETWEEN');
}

/** Finds the expressions that the statement selects as `alias`, or sets the column `alias` to. */
export function findValues(sql: string, alias: string): Span[] {
	const tokens = tokensOf(sql);
	return tokens.flatMap((token, index) => {
		const [before, after] = [tokens[index - 1], tokens[index + 1]];
		if (token.text !== alias) return [];
		if (before?.text === 'AS') {
			const first = tokens
				.slice(0, index - 1)
				.findLastIndex(({ text, depth }) => depth <= token.depth && (text === ',' || text === 'SELECT'));
			return [{ start: tokens[first]?.end ?? 0, end: before.start }];
		}
		if (after?.text !== '=' || (before?.text !== 'SET' && before?.text !== ',')) return [];
		return [{ start: after.end, end: endOfExpression(sql, tokens, index + 2, { isList: true }) }];
	});
}

function endOfExpression(
	sql: string,
	tokens: readonly Token[],
	first: number,
	{ isList }: { isList: boolean },
): number {
	const depth = tokens[first]?.depth ?? 0;
	let isBetween = false;
	for (const token of tokens.slice(first)) {
		if (token.depth < depth) return token.start;
		if (token.depth > depth) continue;
		if (token.text === 'AND' && isBetween) isBetween = false;
		else if (token.text === 'BETWEEN') isBetween = true;
		else if (AFTER_EXPRESSION.has(token.text) || (isList && token.text === ',')) return token.start;
	}
	return sql.length;
}
