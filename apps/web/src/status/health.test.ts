import { expect, test } from '@jest/globals';
import { partsOf } from './health.ts';

test('all parts are up in an answer without failures', () => {
	expect(partsOf({ data: { services: { auth: 'ok', search: 'ok' } } })).toEqual([
		{ name: 'Accounts and sign-in', problem: undefined },
		{ name: 'search', problem: undefined },
	]);
});

test('names the parts that are down', () => {
	const details = [
		{ path: 'files', message: 'is down' },
		{ path: 'rabbitmq', message: 'is not ready' },
	];
	expect(partsOf({ error: { details } }).filter(({ problem }) => problem !== undefined)).toEqual([
		{ name: 'Files', problem: 'is down' },
		{ name: 'rabbitmq', problem: 'is not ready' },
	]);
	expect(partsOf({ error: { details } })).toHaveLength(5);
});
