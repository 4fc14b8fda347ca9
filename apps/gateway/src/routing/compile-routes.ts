import { AppError, notFound } from '@creatorr/contracts/errors';
import type { Operation } from '@creatorr/contracts/operation';

interface Node<T> {
	children: Map<string, Node<T>>;
	/** The child for `{name}`. */
	parameter: Node<T> | undefined;
	methods: Map<string, T>;
	/** Value of the Allow header. */
	allow: string;
}

/** Finds the route of a method and a path. Throws `not_found`, or `method_not_allowed` with Allow. */
export type FindRoute<T> = (method: string, path: string) => T;

function newNode<T>(): Node<T> {
	return { children: new Map(), parameter: undefined, methods: new Map(), allow: '' };
}

function childFor<T>(node: Node<T>, segment: string): Node<T> {
	if (segment.startsWith('{')) {
		node.parameter ??= newNode();
		return node.parameter;
	}
	const child = node.children.get(segment) ?? newNode<T>();
	node.children.set(segment, child);
	return child;
}

function segmentsOf(path: string): string[] {
	return path.slice(1).split('/');
}

function walk<T>(root: Node<T>, path: string): Node<T> | undefined {
	let node: Node<T> | undefined = root;
	for (const segment of segmentsOf(path)) {
		node = node.children.get(segment) ?? (segment === '' ? undefined : node.parameter);
		if (!node) return undefined;
	}
	return node;
}

/** Compiles operations once. A path matches exactly: case-sensitive and without a trailing slash. */
export function compileRoutes<T extends { operation: Operation }>(routes: readonly T[]): FindRoute<T> {
	const root = newNode<T>();
	for (const route of routes) {
		const node = segmentsOf(route.operation.path).reduce<Node<T>>(childFor, root);
		node.methods.set(route.operation.method.toUpperCase(), route);
		node.allow = [...node.methods.keys()].sort().join(', ');
	}
	return (method, path) => {
		const node = walk(root, path);
		if (!node || node.methods.size === 0) throw notFound('route');
		const route = node.methods.get(method);
		if (route) return route;
		throw new AppError('method_not_allowed', `This path doesn’t support this method. Use ${node.allow}.`, {
			headers: { Allow: node.allow },
		});
	};
}
