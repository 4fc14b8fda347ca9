import { expect, test } from '@jest/globals';
import { missingCases } from './support/inventory.mjs';

const document = {
	paths: {
		'/v1/files/{id}': { get: { security: [{}], parameters: [{ name: 'id', in: 'path' }] } },
		'/v1/health': { get: { security: [], parameters: [] } },
	},
};

test('a route without a passing test of a case is named, one with all of them is not', () => {
	const passed = ['success: returns it', 'no token: is refused', 'not yours: is not found'].map((title) => ({
		route: 'GET /v1/files/{id}',
		title,
	}));
	expect(missingCases(document, passed)).toEqual(['GET /v1/files/{id} bad input', 'GET /v1/health success']);
});
