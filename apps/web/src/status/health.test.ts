import { expect, test } from '@jest/globals';
import { partsOf } from './health.ts';

test('all parts are up in a response without failures', () => {
	expect(partsOf({ data: { services: { auth: 'ok', search: 'ok' } } })).toEqual([
		{ name: 'Accounts and sign-in', isUp: true },
		{ name: 'search', isUp: true },
	]);
});

test('names what users notice of services and dependencies that are down', () => {
	const details = ['s3', 'files', 'rabbitmq', 'search'].map((path) => ({ path, message: 'is down' }));
	expect(partsOf({ error: { details } })).toEqual([
		{ name: 'Accounts and sign-in', isUp: true },
		{ name: 'Uploads and downloads', isUp: false },
		{ name: 'Processing', isUp: false },
		{ name: 'Plans and billing', isUp: true },
		{ name: 'Webhooks', isUp: true },
		{ name: 'search', isUp: false },
	]);
});
