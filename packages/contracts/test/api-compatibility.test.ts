import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openApiDocument } from '../src/openapi.ts';
import { type ApiDocument, breakingChanges } from './breaking-changes.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
const now = () => structuredClone(openApiDocument()) as unknown as ApiDocument;

/** The document of the last release. */
const [released = ''] = globSync('openapi-*.json', { cwd: import.meta.dirname });
const before = JSON.parse(readFileSync(join(import.meta.dirname, released), 'utf8')) as ApiDocument;

test('the stored document is that of the last release', () => {
	const changelog = readFileSync(join(REPOSITORY, 'CHANGELOG.md'), 'utf8');
	const [, version] = /^## \[?(\d+\.\d+\.\d+)/m.exec(changelog) ?? [];
	expect(globSync('openapi-*.json', { cwd: import.meta.dirname })).toEqual([`openapi-${version}.json`]);
});

test('clients of the last release work with this one', () => {
	expect(breakingChanges(before, now())).toEqual([]);
});

/** Returns the breaking changes of the current document after `change`. */
function changed(change: (document: ApiDocument) => void): string[] {
	const next = now();
	change(next);
	return breakingChanges(now(), next);
}

const operation = (document: ApiDocument, path: string, method: string) => {
	const found = document.paths[path]?.[method];
	if (found === undefined) throw new Error(`no ${method} ${path}`);
	return found;
};
const schemaOf = (document: ApiDocument, name: string) => {
	const found = document.components.schemas[name];
	if (found === undefined) throw new Error(`no schema ${name}`);
	return found;
};
const bodyOf = (document: ApiDocument, path: string) => {
	const found = operation(document, path, 'post').requestBody?.content?.['application/json']?.schema;
	if (found?.properties === undefined) throw new Error(`no body of ${path}`);
	return { ...found, properties: found.properties, schema: found };
};

describe('clients break when', () => {
	test.each<[string, (document: ApiDocument) => void, RegExp]>([
		['an operation is removed', (next) => delete next.paths['/v1/usage'], /^GET \/v1\/usage was removed$/],
		[
			'a field of a response is removed',
			(next) => delete schemaOf(next, 'Job').properties?.progress,
			/\.progress was removed$/,
		],
		[
			'a field of a response may be missing',
			(next) => {
				const job = schemaOf(next, 'Job');
				job.required = job.required?.filter((name) => name !== 'status') ?? [];
			},
			/\.status may be missing$/,
		],
		[
			'a field of a response has another type',
			(next) => {
				schemaOf(next, 'Job').properties = {
					...schemaOf(next, 'Job').properties,
					progress: { type: 'string' },
				};
			},
			/\.progress has another type$/,
		],
		[
			'a field becomes required',
			(next) => {
				const { schema } = bodyOf(next, '/v1/files');
				schema.required = [...(schema.required ?? []), 'multipart'];
			},
			/\.multipart is required now$/,
		],
		[
			'a field of a request is removed',
			(next) => delete bodyOf(next, '/v1/files').properties.multipart,
			/\.multipart was removed$/,
		],
		[
			'a field has a lower maximum length',
			(next) => {
				const { name } = bodyOf(next, '/v1/files').properties;
				if (name) name.maxLength = 100;
			},
			/\.name is bounded more tightly$/,
		],
		[
			'a body has a lower maximum size',
			(next) => {
				const { requestBody } = operation(next, '/v1/files', 'post');
				if (requestBody) requestBody['x-maxBodyBytes'] = 1024;
			},
			/POST \/v1\/files accepts only a smaller body$/,
		],
		[
			'a value is no longer accepted',
			(next) => {
				const { cycle } = bodyOf(next, '/v1/billing/checkout').properties;
				if (cycle) cycle.enum = ['monthly'];
			},
			/\.cycle accepts fewer values$/,
		],
		[
			'a parameter is removed',
			(next) => {
				operation(next, '/v1/jobs', 'get').parameters = [];
			},
			/GET \/v1\/jobs: limit was removed$/,
		],
		[
			'a token becomes required',
			(next) => {
				operation(next, '/v1/tools', 'get').security = [{ bearer: [] }];
			},
			/GET \/v1\/tools requires a token now$/,
		],
		[
			'success has another status',
			(next) => {
				const { responses } = operation(next, '/v1/jobs', 'post');
				responses[202] = responses[201] ?? {};
				delete responses[201];
			},
			/POST \/v1\/jobs no longer returns 201$/,
		],
	])('%s', (_, change, sentence) => {
		const found = changed(change);
		expect(found.length).toBeGreaterThan(0);
		expect(found.some((one) => sentence.test(one))).toBe(true);
	});
});

test('additions break no client', () => {
	const found = changed((next) => {
		next.paths['/v1/new'] = { get: { responses: { 200: {} } } };
		schemaOf(next, 'Job').properties = { ...schemaOf(next, 'Job').properties, more: { type: 'string' } };
		schemaOf(next, 'Job').required?.push('more');
		bodyOf(next, '/v1/files').properties.more = { type: 'string' };
		const { name } = bodyOf(next, '/v1/files').properties;
		if (name) name.maxLength = 10_000;
		operation(next, '/v1/jobs', 'get').parameters?.push({ name: 'more', in: 'query', schema: {} });
		operation(next, '/v1/jobs', 'get').responses[418] = {};
		operation(next, '/v1/tools', 'get').security = [{}, { bearer: [] }];
	});
	expect(found).toEqual([]);
});
