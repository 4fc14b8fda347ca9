import { expect, test } from '@jest/globals';
import type { ApiDescription, Operation } from '../api-description.ts';
import { curlExample } from './curl.ts';

const description: ApiDescription = { tags: [], paths: {}, components: { schemas: {} } };

const operation = (given: Partial<Operation>): Operation => ({
	id: 'x',
	title: '',
	description: '',
	method: 'GET',
	path: '/v1/x',
	needsToken: false,
	parameters: [],
	response: { status: 200 },
	errors: [],
	...given,
});

const curl = (given: Partial<Operation>) => curlExample(operation(given), description, 'https://api.test');

test('is only a URL for a plain GET', () => {
	expect(curl({})).toBe('curl https://api.test/v1/x');
});

test('uses variables for ids in the path, and query parameters that have an example', () => {
	expect(
		curl({
			path: '/v1/jobs/{id}',
			parameters: [
				{ name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^job_' } },
				{ name: 'wait', in: 'query', required: false, schema: { type: 'integer', examples: [30] } },
				{ name: 'other', in: 'query', required: false, schema: { type: 'integer' } },
			],
		}),
	).toBe('curl "https://api.test/v1/jobs/$JOB_ID?wait=30"');
});

test('uses a variable for the token, and does not buffer a stream', () => {
	expect(curl({ needsToken: true, response: { status: 200, contentType: 'text/event-stream' } })).toBe(
		'curl -N https://api.test/v1/x \\\n  -H "Authorization: Bearer $TOKEN"',
	);
});

test('quotes a JSON body, with variables outside the quotes', () => {
	const id = { type: 'string', pattern: '^fil_' };
	const words = { type: 'string', examples: ["it's"] };
	const body = { type: 'object', properties: { id, words, none: { type: 'string' } }, required: ['id'] };
	expect(curl({ method: 'POST', body })).toBe(
		`curl -X POST https://api.test/v1/x \\
  -H 'Content-Type: application/json' \\
  -d '{"id": "'$FILE_ID'", "words": "it'\\''s"}'`,
	);
});

test('breaks a long body into lines', () => {
	const email = { type: 'string', examples: ['somebody.with.a.long.name@example.com'] };
	const body = { type: 'object', properties: { email, again: email }, required: ['email', 'again'] };
	expect(curl({ method: 'POST', body })).toContain(
		`-d '{
    "email": "somebody.with.a.long.name@example.com",
    "again": "somebody.with.a.long.name@example.com"
  }'`,
	);
});
