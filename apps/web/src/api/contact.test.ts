import { expect, test } from '@jest/globals';
import { parseContact } from './contact.ts';

test.each([
	['help@example.com\n', { text: 'help@example.com', href: 'mailto:help@example.com' }],
	['https://example.com/help', { text: 'https://example.com/help', href: 'https://example.com/help' }],
	['', undefined],
	['\n', undefined],
	['javascript:alert(1)', undefined],
	['<!doctype html>', undefined],
])('reads the contact %j as %j', (file, contact) => {
	expect(parseContact(file)).toEqual(contact);
});
