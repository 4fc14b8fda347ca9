import { expect, test } from '@jest/globals';
import { type ApiDescription, groupsOf, resolve, sharedErrors, statusesOf } from './api-description.ts';

const operation = (operationId: string, tag: string, failures: Record<string, string>) => ({
	operationId,
	summary: operationId,
	description: '',
	tags: [tag],
	security: [],
	parameters: [],
	responses: {
		'200': { description: 'Success.' },
		...Object.fromEntries(
			Object.entries(failures).map(([status, codes]) => [status, { description: codes }]),
		),
	},
});

const description: ApiDescription = {
	tags: [
		{ name: 'b', description: '', 'x-displayName': 'Second' },
		{ name: 'a', description: '', 'x-displayName': 'First' },
	],
	paths: {
		'/one': { get: operation('one', 'a', { 400: 'validation, unknown_tool', 503: 'away' }) },
		'/two': {
			get: operation('two', 'b', { 400: 'validation', 503: 'away', 504: 'away' }),
			post: operation('three', 'a', { 400: 'validation', 409: 'taken', 503: 'away' }),
		},
	},
	components: {
		schemas: {
			Named: { type: 'object', description: 'any' },
			Error: {
				properties: { error: { properties: { code: { 'x-enumStatuses': { away: 503, odd: 405 } } } } },
			},
		},
	},
};

test('groups operations by tag, in the order of the document', () => {
	expect(
		groupsOf(description).map(({ title, operations }) => [title, operations.map(({ id }) => id)]),
	).toEqual([
		['Second', ['two']],
		['First', ['one', 'three']],
	]);
});

test('leaves out the operation that only Stripe calls', () => {
	const paths = {
		'/hook': { post: operation('receiveStripeEvent', 'b', {}) },
		'/two': { get: operation('two', 'b', {}) },
	};
	const [billing] = groupsOf({ ...description, paths });
	expect(billing?.operations.map(({ id }) => id)).toEqual(['two']);
});

test('leaves shared errors out of the operations', () => {
	expect(sharedErrors(description)).toEqual([
		{ status: 400, code: 'validation' },
		{ status: 503, code: 'away' },
	]);
	const [, first] = groupsOf(description);
	expect(first?.operations.map(({ errors }) => errors)).toEqual([
		[{ status: 400, code: 'unknown_tool' }],
		[{ status: 409, code: 'taken' }],
	]);
});

test('finds all statuses of an error code', () => {
	expect(statusesOf(description, 'away')).toEqual([503, 504]);
	expect(statusesOf(description, 'odd')).toEqual([405]);
});

test('lets siblings of $ref override its target', () => {
	const named = { $ref: '#/components/schemas/Named', description: 'this one' };
	expect(resolve(named, description)).toEqual({ type: 'object', description: 'this one' });
});

test('distinguishes an optional token from a required one', () => {
	const secured = (...security: Record<string, string[]>[]) => ({ ...operation('one', 'a', {}), security });
	const paths = {
		'/one': { get: secured({}, { bearer: [] }), post: secured({ bearer: [] }), delete: secured() },
	};
	const [, first] = groupsOf({ ...description, paths });
	expect(first?.operations.map(({ needsToken, isTokenOptional }) => [needsToken, isTokenOptional])).toEqual([
		[true, true],
		[true, false],
		[false, false],
	]);
});
