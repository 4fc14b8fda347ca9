import { findConditions, findValues, type Span } from './sql.ts';
import { innermost, isNode, keyOf, mentions, type Node, nodesIn } from './syntax.ts';
import { findPythonCalls } from './text-scopes.ts';

export interface Edit extends Span {
	text: string;
}

/** A declaration, in the file that has it. */
interface Scope {
	source: string;
	node: Node;
}

/**
 * A kind of small change of the code. An operator finds every part of a declaration that it would change. `words`, which are identifiers
 * or strings, select the one part that contains all of them.
 */
export interface Operator {
	label: string;
	inTypeScript?(scope: Scope): Edit[];
	/** In Python and SQL, which are taken as text; offsets count from the start of the text. */
	inText?(text: string): Edit[];
}

const label = (name: string, ...values: readonly unknown[]) => `${name}(${values.join(', ')})`;
const textOf = ({ source }: Scope, { start, end }: Span) => source.slice(start, end);
const ofType = (scope: Scope, ...types: string[]) =>
	nodesIn(scope.node).filter(({ type }) => types.includes(type));
/** With the comma after it, in a list. */
const listed = ({ source }: Scope, { start, end }: Span): Edit => ({
	start,
	end: end + (/^\s*,/.exec(source.slice(end))?.[0].length ?? 0),
	text: '',
});

/** Takes the `n`th place, from 1, that the operator finds. */
export function nth(n: number, operator: Operator): Operator {
	const only = (edits: Edit[]) => edits.toSorted((one, other) => one.start - other.start).slice(n - 1, n);
	return {
		label: `${operator.label} number ${n}`,
		inTypeScript: (scope) => only(operator.inTypeScript?.(scope) ?? []),
		inText: (text) => only(operator.inText?.(text) ?? []),
	};
}

/* Conditions */

/** Makes the condition of an `if`, a loop or `?:` always true or always false. */
export function forceCondition(value: boolean, ...words: string[]): Operator {
	return {
		...replaceCondition(String(value), ...words),
		label: label('forceCondition', value, ...words),
		inText: (text) =>
			[...text.matchAll(/^(\s*(?:el)?if )(.+):$/gm)]
				.filter(([line]) => mentions(line, words))
				.map(({ index, 1: head = '', 2: test = '' }) => {
					const start = index + head.length;
					return { start, end: start + test.length, text: value ? 'True' : 'False' };
				}),
	};
}

/** Replaces a condition. One that has the words itself is preferred to one whose branches have them. */
export function replaceCondition(code: string, ...words: string[]): Operator {
	return {
		label: label('replaceCondition', code, ...words),
		inTypeScript(scope) {
			const all = nodesIn(scope.node).flatMap((whole) =>
				isNode(whole.test) && whole.type !== 'SwitchCase' ? [{ whole, test: whole.test }] : [],
			);
			const tests = all.map(({ test }) => test).filter((test) => mentions(textOf(scope, test), words));
			if (tests.length > 0) return innermost(tests).map((test) => replace(test, code));
			const wholes = all.map(({ whole }) => whole).filter((whole) => mentions(textOf(scope, whole), words));
			return innermost(wholes).map((whole) => replace(whole.test as Node, code));
		},
	};
}

/** Drops an operand of `&&` or `||`, as if it left the decision to the others. */
export function dropOperand(...words: string[]): Operator {
	return {
		label: label('dropOperand', ...words),
		inTypeScript(scope) {
			const operands = ofType(scope, 'LogicalExpression').flatMap(({ operator, left, right }) =>
				operator === '??'
					? []
					: [left as Node, right as Node]
							.filter((side) => side.operator !== operator && mentions(textOf(scope, side), words))
							.map(({ start, end }) => ({ start, end, text: String(operator === '&&') })),
			);
			return innermost(operands);
		},
	};
}

/* Statements and calls */

/** Drops a statement that is nothing but a call of this function or method. */
export function dropCall(name: string, ...words: string[]): Operator {
	return {
		label: label('dropCall', name, ...words),
		inTypeScript: (scope) =>
			ofType(scope, 'ExpressionStatement')
				.filter((statement) => {
					const call = bare(statement.expression as Node);
					return nameOfCallee(call) === name && mentions(textOf(scope, statement), words);
				})
				.map(({ start, end }) => ({ start, end, text: ';' })),
		inText: (text) => findPythonCalls(text, name).map(({ start, end }) => ({ start, end, text: 'pass' })),
	};
}

/** Replaces a call by an expression. */
export function replaceCall(name: string, code: string, ...words: string[]): Operator {
	return {
		label: label('replaceCall', name, code, ...words),
		inTypeScript: (scope) => callsOf(scope, name, words).map((call) => replace(call, code)),
	};
}

/** Replaces a call by its first argument. */
export function unwrapCall(name: string, ...words: string[]): Operator {
	return {
		label: label('unwrapCall', name, ...words),
		inTypeScript: (scope) =>
			callsOf(scope, name, words).map((call) =>
				replace(call, textOf(scope, (call.arguments as Node[])[0] as Node)),
			),
		inText: (text) =>
			findPythonCalls(text, name).map(({ start, end, argument }) => ({ start, end, text: argument })),
	};
}

/** Replaces the call of a method by the object that it is called on. */
export function skipMethod(name: string, ...words: string[]): Operator {
	return {
		label: label('skipMethod', name, ...words),
		inTypeScript: (scope) =>
			callsOf(scope, name, words).map((call) =>
				replace(call, textOf(scope, (call.callee as Node).object as Node)),
			),
	};
}

/** Replaces an argument, the first being 1. */
export function replaceArgument(name: string, position: number, code: string): Operator {
	return {
		label: label('replaceArgument', name, position, code),
		inTypeScript: (scope) =>
			callsOf(scope, name, []).flatMap((call) => {
				const argument = (call.arguments as Node[])[position - 1];
				return argument ? [replace(argument, code)] : [];
			}),
	};
}

/** Calls another function with the same arguments. */
export function replaceCallee(name: string, code: string): Operator {
	return {
		label: label('replaceCallee', name, code),
		inTypeScript: (scope) => callsOf(scope, name, []).map((call) => replace(call.callee as Node, code)),
	};
}

/** Drops an assignment to a variable or a property of this name. */
export function dropAssignment(name: string): Operator {
	return {
		label: label('dropAssignment', name),
		inTypeScript: (scope) =>
			ofType(scope, 'ExpressionStatement')
				.filter(({ expression }) => {
					const { type, left } = expression as Node;
					return type === 'AssignmentExpression' && nameOf(left as Node) === name;
				})
				.map(({ start, end }) => ({ start, end, text: ';' })),
	};
}

/** Inserts statements before the one that has the words. */
export function insertBefore(code: string, ...words: string[]): Operator {
	return {
		label: label('insertBefore', code, ...words),
		inTypeScript(scope) {
			const statements = nodesIn(scope.node)
				.flatMap(({ type, body }) => (type === 'BlockStatement' ? (body as Node[]) : []))
				.filter((statement) => mentions(textOf(scope, statement), words));
			return innermost(statements).map(({ start }) => ({ start, end: start, text: `${code}\n` }));
		},
	};
}

/** Leaves a function nothing to do. */
export function emptyBody(): Operator {
	return {
		label: label('emptyBody'),
		inTypeScript({ node }) {
			const body = [node, node.init, node.value].find(
				(one): one is Node => isNode(one) && isNode(one.body),
			)?.body;
			return isNode(body) ? [{ start: body.start, end: body.end, text: '{}' }] : [];
		},
	};
}

export function replaceReturn(code: string, ...words: string[]): Operator {
	return {
		label: label('replaceReturn', code, ...words),
		inTypeScript: (scope) =>
			ofType(scope, 'ReturnStatement').flatMap(({ argument }) =>
				isNode(argument) && mentions(textOf(scope, argument), words) ? [replace(argument, code)] : [],
			),
		inText: (text) =>
			[...text.matchAll(/^(\s*return )(.+)$/gm)]
				.filter(([line]) => mentions(line, words))
				.map(({ index, 0: line, 1: head = '' }) => ({
					start: index + head.length,
					end: index + line.length,
					text: code,
				})),
	};
}

/** Iterates over something else. */
export function iterateOver(code: string, ...words: string[]): Operator {
	return {
		label: label('iterateOver', code, ...words),
		inTypeScript: (scope) =>
			ofType(scope, 'ForOfStatement')
				.map(({ right }) => right as Node)
				.filter((right) => mentions(textOf(scope, right), words))
				.map((right) => replace(right, code)),
	};
}

/* Values */

/** Gives a constant another value. */
export function replaceConstant(code: string): Operator {
	return {
		label: label('replaceConstant', code),
		inTypeScript: ({ node: { init } }) => (isNode(init) ? [replace(init, code)] : []),
		inText: (text) => [{ start: text.indexOf('= ') + 2, end: text.trimEnd().length, text: code }],
	};
}

/** Replaces a string literal. */
export function replaceLiteral(value: string, code: string): Operator {
	return {
		label: label('replaceLiteral', value, code),
		inTypeScript: (scope) =>
			ofType(scope, 'StringLiteral')
				.filter((literal) => literal.value === value)
				.map(({ start, end }) => ({ start, end, text: code })),
	};
}

/** Replaces a part of a string or template, such as a flag of a command. */
export function replaceText(from: string, to: string): Operator {
	const inText = (text: string, offset = 0): Edit[] =>
		[...text.matchAll(new RegExp(from.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'), 'g'))].map(({ index }) => ({
			start: offset + index,
			end: offset + index + from.length,
			text: to,
		}));
	return {
		label: label('replaceText', from, to),
		inTypeScript: (scope) =>
			ofType(scope, 'StringLiteral', 'TemplateElement').flatMap((node) =>
				inText(textOf(scope, node), node.start),
			),
		inText,
	};
}

/** Drops a property of an object literal. */
export function dropProperty(key: string, ...words: string[]): Operator {
	return {
		label: label('dropProperty', key, ...words),
		inTypeScript: (scope) => propertiesOf(scope, key, words).map((property) => listed(scope, property)),
	};
}

/** Gives a property of an object literal another value. */
export function replaceProperty(key: string, code: string, ...words: string[]): Operator {
	return {
		label: label('replaceProperty', key, code, ...words),
		inTypeScript: (scope) =>
			propertiesOf(scope, key, words).map((property) => ({
				start: property.start,
				end: property.end,
				text: `${textOf(scope, property.key as Node)}: (${code})`,
			})),
	};
}

/** Drops what an array or an object literal takes over from another, as in `...given`. */
export function dropSpread(...words: string[]): Operator {
	return {
		label: label('dropSpread', ...words),
		inTypeScript: (scope) =>
			innermost(
				ofType(scope, 'SpreadElement').filter((spread) => mentions(textOf(scope, spread), words)),
			).map((spread) => listed(scope, spread)),
	};
}

/** Drops strings that follow each other in an array. */
export function dropElements(...values: string[]): Operator {
	return {
		label: label('dropElements', ...values),
		inTypeScript: (scope) =>
			ofType(scope, 'ArrayExpression').flatMap(({ elements }) => {
				const all = elements as (Node | null)[];
				return all.flatMap((first, index) => {
					const run = all.slice(index, index + values.length);
					const last = run.at(-1);
					if (!first || !last || !values.every((value, at) => run[at]?.value === value)) return [];
					return [listed(scope, { start: first.start, end: last.end })];
				});
			}),
	};
}

/** Puts more elements into an array. */
export function addElements(code: string): Operator {
	return {
		label: label('addElements', code),
		inTypeScript: (scope) =>
			ofType(scope, 'ArrayExpression')
				.slice(0, 1)
				.map(({ start }) => ({ start: start + 1, end: start + 1, text: `${code}, ` })),
	};
}

/* SQL in template literals */

/** Makes a condition of a statement always true or always false. */
export function forceSqlCondition(value: boolean, ...words: string[]): Operator {
	return {
		label: label('forceSqlCondition', value, ...words),
		inTypeScript: (scope) =>
			inSql(scope, (sql) =>
				innermost(findConditions(sql).filter((span) => mentions(sql.slice(span.start, span.end), words))),
			).map((span) => ({ ...span, text: ` ${value} ` })),
	};
}

/** Selects something else under this alias, or sets this column to something else. */
export function replaceSqlValue(alias: string, code: string): Operator {
	return {
		label: label('replaceSqlValue', alias, code),
		inTypeScript: (scope) =>
			inSql(scope, (sql) => findValues(sql, alias)).map((span) => ({ ...span, text: ` ${code} ` })),
	};
}

function inSql(scope: Scope, find: (sql: string) => Span[]): Span[] {
	return ofType(scope, 'TemplateLiteral').flatMap(({ start, end }) =>
		find(scope.source.slice(start + 1, end - 1)).map((span) => ({
			start: start + 1 + span.start,
			end: start + 1 + span.end,
		})),
	);
}

/* Searches of operators */

function replace({ start, end }: Span, code: string): Edit {
	return { start, end, text: `(${code})` };
}

function callsOf(scope: Scope, name: string, words: readonly string[]): Node[] {
	return ofType(scope, 'CallExpression', 'OptionalCallExpression').filter((call) => {
		const { property, start } = call.callee as Node;
		// What a method is called on may have the words, too.
		const own = scope.source.slice(isNode(property) ? property.start : start, call.end);
		return nameOfCallee(call) === name && mentions(own, words);
	});
}

function nameOfCallee({ callee }: Node): unknown {
	return isNode(callee) ? nameOf(callee) : undefined;
}

function nameOf({ name, property }: Node): unknown {
	return isNode(property) ? property.name : name;
}

/** The expression without `await` and `void`. */
function bare(expression: Node): Node {
	const { type, argument } = expression;
	return (type === 'AwaitExpression' || type === 'UnaryExpression') && isNode(argument)
		? bare(argument)
		: expression;
}

function propertiesOf(scope: Scope, key: string, words: readonly string[]): Node[] {
	return ofType(scope, 'ObjectExpression')
		.flatMap(({ properties }) => properties as Node[])
		.filter((property) => keyOf(property) === key && mentions(textOf(scope, property), words));
}
