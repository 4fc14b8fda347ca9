import { PUBLIC_OPERATIONS } from '@creatorr/contracts/operations';
import { describe, expect, test } from '@jest/globals';
import { compileRoutes } from './compile-routes.ts';

const find = compileRoutes(PUBLIC_OPERATIONS.map((operation) => ({ operation })));

describe('compileRoutes', () => {
	test.each(PUBLIC_OPERATIONS.map((operation) => [operation.id, operation] as const))(
		'finds %s',
		(_, operation) => {
			const path = operation.path.replaceAll(/\{\w+\}/g, 'x_1');
			expect(find(operation.method.toUpperCase(), path).operation).toBe(operation);
		},
	);

	test.each([
		'/',
		'/v1',
		'/v1/',
		'/v1/jobs/',
		'/v1/files//parts',
		'/v1/Jobs',
		'/v2/jobs',
		'/internal/jwks',
		'/v1/auth/sessions/x/y',
		'/v1/jobs/x/y',
		'/v1/__proto__',
		'/health/live',
		'/metrics',
	])('throws not_found for %s', (path) => {
		expect(() => find('GET', path)).toThrow(expect.objectContaining({ code: 'not_found' }));
	});

	test.each([
		['PATCH', '/v1/jobs', 'GET, POST'],
		['HEAD', '/v1/jobs', 'GET, POST'],
		['OPTIONS', '/v1/jobs/x', 'DELETE, GET'],
		['get', '/v1/jobs', 'GET, POST'],
	])('throws method_not_allowed for %s %s, with Allow', (method, path, allow) => {
		expect(() => find(method, path)).toThrow(
			expect.objectContaining({ code: 'method_not_allowed', headers: { Allow: allow } }),
		);
	});
});
