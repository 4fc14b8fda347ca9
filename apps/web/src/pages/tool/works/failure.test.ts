import { describe, expect, test } from '@jest/globals';
import type { Problem } from '../../../works/work.ts';
import { fieldsOf } from '../params/fields.ts';
import { failureOf, passwordField } from './failure.ts';

const fields = fieldsOf({
	params: {
		properties: {
			signed: { type: 'string', enum: ['reject', 'invalidate'], default: 'reject' },
			user_password: { type: 'string', writeOnly: true },
			password: { type: 'string', writeOnly: true },
		},
	},
});
const problem = (code: Problem['code'], message = ''): Problem => ({ code, message, details: [] });

test('what the API says of a failure is shown, with options under their labels', () => {
	const failure = failureOf(
		problem('unsupported_input', 'It is signed: set params.signed to invalidate'),
		fields,
	);
	expect(failure).toEqual({
		title: 'Unsupported file',
		text: 'It is signed: set “Signed” to invalidate.',
		remedies: ['change-options'],
	});
});

test('the title is not said again in the text', () => {
	const message = 'Unsupported file. The content is plain text. This tool accepts PDF.';
	expect(failureOf(problem('unsupported_input', message), fields)).toMatchObject({
		title: 'Unsupported file',
		text: 'The content is plain text. This tool accepts PDF.',
	});
});

test.each([
	['The file’s content is plain text, whatever its name says. This tool accepts PDF.', []],
	['The PDF is a dynamic XFA form, which only Adobe programs can show.', []],
	['The file has no page 9: choose some of its 2 pages.', ['change-options']],
	['The PDF is digitally signed. Set `signed` to `invalidate`.', ['change-options']],
])('another try is offered only where options can help: %s', (message, remedies) => {
	expect(failureOf(problem('unsupported_input', message), fields).remedies).toEqual(remedies);
});

test('where a better plan helps, the way there is shown', () => {
	const failure = failureOf(problem('limit_exceeded', 'Split the file, or upgrade to Pro.'), fields);
	expect(failure.remedies).toContain('upgrade');
	expect(failureOf(problem('limit_exceeded', 'Split the file.'), fields).remedies).not.toContain('upgrade');
});

describe('a password', () => {
	const locked = problem('encrypted_input', 'Give it as params.password.');

	test('is asked for where the tool takes one', () => {
		expect(failureOf(locked, fields).remedies).toEqual(['give-password']);
		expect(failureOf(locked, []).remedies).toEqual([]);
	});

	test('goes where the message says, or into the option of that name', () => {
		expect(passwordField(locked, fields)).toBe('password');
		expect(passwordField(problem('wrong_password', 'see params.user_password'), fields)).toBe(
			'user_password',
		);
		expect(passwordField(problem('wrong_password'), fields)).toBe('password');
	});
});
