/** The part of OpenAPI 3.1 schemas that ours use. */
interface Schema {
	$ref?: string;
	type?: string | string[];
	const?: unknown;
	enum?: unknown[];
	properties?: Record<string, Schema>;
	required?: string[];
	items?: Schema;
	additionalProperties?: Schema | boolean;
	[keyword: string]: unknown;
}

interface Content {
	content?: Record<string, { schema?: Schema }>;
}

interface Operation {
	parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
	requestBody?: Content & { required?: boolean; 'x-maxBodyBytes'?: number };
	responses: Record<string, Content>;
	security?: unknown[];
}

export interface ApiDocument {
	paths: Record<string, Record<string, Operation>>;
	components: { schemas: Record<string, Schema> };
}

/** Direction of a schema: a request may accept more over time, a response may only add fields. */
type Direction = 'request' | 'response';

/** Bounds of a request, and whether a higher or lower one accepts less. */
const LOWER = ['minLength', 'minimum', 'minItems', 'minProperties', 'exclusiveMinimum'];
const UPPER = ['maxLength', 'maximum', 'maxItems', 'maxProperties', 'exclusiveMaximum'];
const EXACT = ['pattern', 'format', 'const', 'anyOf', 'oneOf', 'allOf', 'propertyNames'];

/** An empty entry makes the token optional. */
const isTokenRequired = ({ security = [] }: Operation) =>
	security.length > 0 && security.every((entry) => Object.keys(entry as object).length > 0);

/** Returns a sentence for each change between the documents that may break a client of the first. Additions break nothing. */
export function breakingChanges(before: ApiDocument, now: ApiDocument): string[] {
	const found: string[] = [];
	const compared = new Set<string>();
	const resolve = ({ components }: ApiDocument, schema: Schema): Schema =>
		schema.$ref ? (components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;
	const typesOf = ({ type }: Schema) => new Set(typeof type === 'string' ? [type] : (type ?? []));

	function compareTypes(place: string, old: Schema, next: Schema, direction: Direction): void {
		const [narrow, wide] = direction === 'request' ? [old, next] : [next, old];
		const allowed = typesOf(wide);
		const tooMany = [...typesOf(narrow)].filter(
			(type) => !allowed.has(type) && !(type === 'integer' && allowed.has('number')),
		);
		if (tooMany.length > 0 || (allowed.size > 0 && typesOf(narrow).size === 0))
			found.push(`${place} has another type`);
	}

	function compareBounds(place: string, old: Schema, next: Schema): void {
		const isTighter = (keywords: string[], compare: (one: number, other: number) => boolean) =>
			keywords.some((keyword) => {
				const [was, is] = [old[keyword], next[keyword]];
				return typeof is === 'number' && (typeof was !== 'number' || compare(is, was));
			});
		if (isTighter(LOWER, (is, was) => is > was) || isTighter(UPPER, (is, was) => is < was))
			found.push(`${place} is bounded more tightly`);
		const gone = (old.enum ?? []).filter((value) => next.enum && !next.enum.includes(value));
		if (gone.length > 0 || (next.enum && !old.enum)) found.push(`${place} accepts fewer values`);
		const isAnother = (keyword: string) =>
			next[keyword] !== undefined && JSON.stringify(next[keyword]) !== JSON.stringify(old[keyword]);
		if (EXACT.some(isAnother)) found.push(`${place} accepts other values`);
	}

	function compareProperties(place: string, old: Schema, next: Schema, direction: Direction): void {
		for (const [name, schema] of Object.entries(old.properties ?? {})) {
			const same = next.properties?.[name];
			if (same === undefined) found.push(`${place}.${name} was removed`);
			else compare(`${place}.${name}`, schema, same, direction);
		}
		const [checked, other] = direction === 'request' ? [next, old] : [old, next];
		for (const name of checked.required ?? []) {
			const stillExists = direction === 'request' || next.properties?.[name] !== undefined;
			if (stillExists && !other.required?.includes(name))
				found.push(
					direction === 'request' ? `${place}.${name} is required now` : `${place}.${name} may be missing`,
				);
		}
	}

	function compare(place: string, oldSchema: Schema, nextSchema: Schema, direction: Direction): void {
		if (oldSchema.$ref) {
			const pair = `${oldSchema.$ref} ${nextSchema.$ref} ${direction}`;
			if (compared.has(pair)) return;
			compared.add(pair);
		}
		const [old, next] = [resolve(before, oldSchema), resolve(now, nextSchema)];
		compareTypes(place, old, next, direction);
		if (direction === 'request') compareBounds(place, old, next);
		else if (JSON.stringify(old.const) !== JSON.stringify(next.const))
			found.push(`${place} has another value`);
		compareProperties(place, old, next, direction);
		if (old.items) compare(`${place}[]`, old.items, next.items ?? {}, direction);
		if (typeof old.additionalProperties === 'object') {
			const more = typeof next.additionalProperties === 'object' ? next.additionalProperties : {};
			compare(`${place}.*`, old.additionalProperties, more, direction);
		}
	}

	function compareContents(place: string, old: Content, next: Content, direction: Direction): void {
		for (const [type, { schema = {} }] of Object.entries(old.content ?? {})) {
			const same = next.content?.[type];
			if (same === undefined) found.push(`${place} is no longer available as ${type}`);
			else compare(place, schema, same.schema ?? {}, direction);
		}
	}

	function compareOperations(place: string, old: Operation, next: Operation): void {
		for (const parameter of old.parameters ?? []) {
			const same = next.parameters?.find((one) => one.name === parameter.name && one.in === parameter.in);
			if (same === undefined) found.push(`${place}: ${parameter.name} was removed`);
			else compare(`${place}: ${parameter.name}`, parameter.schema, same.schema, 'request');
		}
		const wasRequired = (name: string) => old.parameters?.some((one) => one.name === name && one.required);
		for (const { name, required } of next.parameters ?? [])
			if (required && !wasRequired(name)) found.push(`${place}: ${name} is required now`);
		if (next.requestBody?.required && !old.requestBody?.required)
			found.push(`${place}: a body is required now`);
		// 0.3.0 doesn't document its limit, which was 1 MiB everywhere and not safe: compare from the first release that does.
		const [wasBytes = 0, isBytes = wasBytes] = [old, next].map((one) => one.requestBody?.['x-maxBodyBytes']);
		if (isBytes < wasBytes) found.push(`${place} accepts only a smaller body`);
		compareContents(`${place} request`, old.requestBody ?? {}, next.requestBody ?? {}, 'request');
		if (isTokenRequired(next) && !isTokenRequired(old)) found.push(`${place} requires a token now`);
		for (const [status, response] of Object.entries(old.responses)) {
			const same = next.responses[status];
			if (same) compareContents(`${place} ${status}`, response, same, 'response');
			else if (status.startsWith('2')) found.push(`${place} no longer returns ${status}`);
		}
	}

	for (const [path, operations] of Object.entries(before.paths)) {
		for (const [method, old] of Object.entries(operations)) {
			const place = `${method.toUpperCase()} ${path}`;
			const next = now.paths[path]?.[method];
			if (next === undefined) found.push(`${place} was removed`);
			else compareOperations(place, old, next);
		}
	}
	return found;
}
