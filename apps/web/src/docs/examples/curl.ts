import type { ApiDescription, Operation, Parameter } from '../api-description.ts';
import { exampleOf, type Value, Variable } from './values.ts';

/** Longer bodies are broken into lines. */
const LINE_LENGTH = 56;

/** Returns the curl command of an operation, with shell variables for values from earlier responses. */
export function curlExample(operation: Operation, description: ApiDescription, origin: string): string {
	const { method, needsToken, body, response } = operation;
	const streams = response.contentType === 'text/event-stream';
	const first = [
		'curl',
		...(streams ? ['-N'] : []),
		...(method === 'GET' ? [] : ['-X', method]),
		quotedUrl(origin + targetOf(operation, description)),
	];
	return [
		first.join(' '),
		...(needsToken ? ['-H "Authorization: Bearer $TOKEN"'] : []),
		...(body ? jsonArguments(exampleOf(body, description)) : []),
	].join(' \\\n  ');
}

/** Returns the arguments that send a value as JSON. */
export function jsonArguments(value: Value): string[] {
	return ["-H 'Content-Type: application/json'", `-d '${shellJson(value)}'`];
}

function targetOf({ path, parameters }: Operation, description: ApiDescription): string {
	const example = ({ schema, name }: Parameter) => plain(exampleOf(schema, description, name));
	const filled = path.replaceAll(/\{(\w+)\}/g, (whole, name) => {
		const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
		return parameter ? example(parameter) : whole;
	});
	const query = parameters
		.filter(({ in: place, schema, required }) => place === 'query' && (required || schema.examples))
		.map((parameter) => `${parameter.name}=${example(parameter)}`);
	return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
}

const plain = (value: Value) => (value instanceof Variable ? `$${value.name}` : String(value));

/** Quotes a URL with characters that are special in a shell. */
const quotedUrl = (url: string) => (/[$?&]/.test(url) ? `"${url}"` : url);

/** Returns JSON for single quotes, which are closed around variables. */
function shellJson(value: Value): string {
	const line = serialize(value, undefined);
	const json = line.length > LINE_LENGTH ? serialize(value, 2) : line;
	return json.replaceAll("'", `'\\''`).replaceAll(MARKED, `"'$$$1'"`).replaceAll('\n', '\n  ');
}

const MARK = '\u0001';
const MARKED = /"\\u0001(\w+)"/g;

function serialize(value: Value, indent: number | undefined): string {
	const mark = (_: string, one: unknown) => (one instanceof Variable ? MARK + one.name : one);
	const text = JSON.stringify(value, mark, indent ?? 1);
	// one line with spaces: `{"tool": "ocr", "params": {}}`
	return indent === undefined
		? text
				.replaceAll(/([[{])\n */g, '$1')
				.replaceAll(/\n *([\]}])/g, '$1')
				.replaceAll(/\n */g, ' ')
		: text;
}
