import { innermost, isNode, keyOf, mentions, type Node, nodesIn, type Span } from './syntax.ts';

export interface Edit extends Span {
	text: string;
}

/** A declaration, in the file that has it. */
export interface Scope extends Span {
	source: string;
	/** Undefined in Python and SQL, which are taken as text. */
	node?: Node;
}

/**
 * A kind of small change of the code. An operator finds every part of a declaration that it would change. `words`, which are identifiers
 * or strings, select the one part that contains all of them. All but {@link replaceText} work on TypeScript only.
 */
export interface Operator {
	label: string;
	findEdits(scope: Scope): Edit[];
}

const label = (name: string, ...values: readonly unknown[]) => `${name}(${values.join(', ')})`;
const textOf = ({ source }: Scope, { start, end }: Span) => source.slice(start, end);
const allIn = ({ node }: Scope) => (node ? nodesIn(node) : []);
const ofType = (scope: Scope, ...types: string[]) => allIn(scope).filter(({ type }) => types.includes(type));

/** Replaces a text that the declaration has once: for changes that have no operator of their own. White space matches any other. */
export function replaceText(from: string, to: string): Operator {
	const words = from.split(/\s+/).map((word) => word.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
	return {
		label: label('replaceText', from, to),
		findEdits: (scope) =>
			[...textOf(scope, scope).matchAll(new RegExp(words.join('\\s+'), 'g'))].map(
				({ index, 0: { length } }) => {
					const start = scope.start + index;
					return { start, end: start + length, text: to };
				},
			),
	};
}

/* Conditions */

/**
 * Makes the condition of an `if`, a loop or `?:` always true or always false. One that has the words itself is preferred to one whose
 * branches have them.
 */
export function forceCondition(value: boolean, ...words: string[]): Operator {
	return {
		label: label('forceCondition', value, ...words),
		findEdits(scope) {
			const all = allIn(scope).flatMap((whole) =>
				isNode(whole.test) && whole.type !== 'SwitchCase' ? [{ whole, test: whole.test }] : [],
			);
			const tests = all.map(({ test }) => test).filter((test) => mentions(textOf(scope, test), words));
			if (tests.length > 0) return innermost(tests).map((test) => replace(test, String(value)));
			const wholes = all.map(({ whole }) => whole).filter((whole) => mentions(textOf(scope, whole), words));
			return innermost(wholes).map((whole) => replace(whole.test as Node, String(value)));
		},
	};
}

/** Drops an operand of `&&` or `||`, as if it left the decision to the others. */
export function dropOperand(...words: string[]): Operator {
	return {
		label: label('dropOperand', ...words),
		findEdits(scope) {
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
		findEdits: (scope) =>
			ofType(scope, 'ExpressionStatement')
				.filter((statement) => {
					const call = bare(statement.expression as Node);
					return nameOfCallee(call) === name && mentions(textOf(scope, statement), words);
				})
				.map(({ start, end }) => ({ start, end, text: ';' })),
	};
}

/** Replaces a call by an expression. */
export function replaceCall(name: string, code: string, ...words: string[]): Operator {
	return {
		label: label('replaceCall', name, code, ...words),
		findEdits: (scope) =>
			ofType(scope, 'CallExpression', 'OptionalCallExpression')
				.filter((call) => {
					const { property, start } = call.callee as Node;
					// What a method is called on may have the words, too.
					const own = scope.source.slice(isNode(property) ? property.start : start, call.end);
					return nameOfCallee(call) === name && mentions(own, words);
				})
				.map((call) => replace(call, code)),
	};
}

export function replaceReturn(code: string, ...words: string[]): Operator {
	return {
		label: label('replaceReturn', code, ...words),
		findEdits: (scope) =>
			ofType(scope, 'ReturnStatement').flatMap(({ argument }) =>
				isNode(argument) && mentions(textOf(scope, argument), words) ? [replace(argument, code)] : [],
			),
	};
}

/* Values */

/** Gives a constant another value. */
export function replaceConstant(code: string): Operator {
	return {
		label: label('replaceConstant', code),
		findEdits: ({ node }) => (isNode(node?.init) ? [replace(node.init, code)] : []),
	};
}

/** Drops a property of an object literal. */
export function dropProperty(key: string, ...words: string[]): Operator {
	return {
		label: label('dropProperty', key, ...words),
		findEdits: (scope) =>
			propertiesOf(scope, key, words).map(({ start, end }) => {
				const comma = /^\s*,/.exec(scope.source.slice(end))?.[0] ?? '';
				return { start, end: end + comma.length, text: '' };
			}),
	};
}

/** Gives a property of an object literal another value. */
export function replaceProperty(key: string, code: string, ...words: string[]): Operator {
	return {
		label: label('replaceProperty', key, code, ...words),
		findEdits: (scope) =>
			propertiesOf(scope, key, words).map((property) => ({
				start: property.start,
				end: property.end,
				text: `${textOf(scope, property.key as Node)}: (${code})`,
			})),
	};
}

/* Searches of operators */

function replace({ start, end }: Span, code: string): Edit {
	return { start, end, text: `(${code})` };
}

function nameOfCallee({ callee }: Node): unknown {
	if (!isNode(callee)) return undefined;
	const { name, property } = callee;
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
