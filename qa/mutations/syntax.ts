import { parse } from '@babel/parser';

/** A part of a source file. Offsets count UTF-16 units. */
export interface Span {
	start: number;
	end: number;
}

/** A node of the syntax tree, as far as operators need to know it. */
export interface Node extends Span {
	type: string;
	[property: string]: unknown;
}

const parsed = new Map<string, Node>();

/** Parses a TypeScript module. Remembers the result: most mutants share their files. */
export function parseTypeScript(source: string, { isJsx }: { isJsx: boolean }): Node {
	const known = parsed.get(source);
	if (known) return known;
	const { program } = parse(source, {
		sourceType: 'module',
		attachComment: false,
		plugins: ['typescript', 'explicitResourceManagement', ...(isJsx ? (['jsx'] as const) : [])],
	});
	const root = program as unknown as Node;
	parsed.set(source, root);
	return root;
}

/** Returns the node and all nodes within it, each before those within it. */
export function nodesIn(node: Node): Node[] {
	const found: Node[] = [];
	const visit = (one: Node) => {
		found.push(one);
		for (const value of Object.values(one)) {
			for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child);
		}
	};
	visit(node);
	return found;
}

export function isNode(value: unknown): value is Node {
	const { type, start } = (value ?? {}) as Partial<Node>;
	return typeof type === 'string' && typeof start === 'number';
}

const NAMED = new Set(['FunctionDeclaration', 'VariableDeclarator', 'ClassDeclaration']);
const KEYED = new Set(['ObjectMethod', 'ObjectProperty', 'ClassMethod', 'ClassProperty']);

/** Finds functions, constants, methods and properties by name; in `outer.inner`, `inner` stands anywhere within `outer`. */
export function findDeclarations(root: Node, symbol: string): Node[] {
	let scopes = [root];
	for (const name of symbol.split('.')) {
		scopes = scopes.flatMap((scope) =>
			nodesIn(scope).filter((node) => node !== scope && declares(node, name)),
		);
	}
	return scopes;
}

function declares(node: Node, name: string): boolean {
	if (NAMED.has(node.type)) return isNode(node.id) && node.id.name === name;
	return KEYED.has(node.type) && keyOf(node) === name;
}

/** Returns the name of a property, whether it is quoted or not. */
export function keyOf({ key }: Node): unknown {
	return isNode(key) ? (key.name ?? key.value) : undefined;
}

/** Whether the text has every word, each on its own and not as a part of a longer identifier. */
export function mentions(text: string, words: readonly string[]): boolean {
	return words.every((word) => {
		const escaped = word.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
		const before = /^\w/.test(word) ? '(?<![\\w$])' : '';
		const after = /\w$/.test(word) ? '(?![\\w$])' : '';
		return new RegExp(before + escaped + after, 'u').test(text);
	});
}

/** Drops the spans that have another one within them. */
export function innermost<T extends Span>(spans: readonly T[]): T[] {
	return spans.filter(
		(outer) => !spans.some((one) => one !== outer && one.start >= outer.start && one.end <= outer.end),
	);
}
