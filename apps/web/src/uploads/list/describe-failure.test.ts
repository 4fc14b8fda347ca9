import { describe, expect, test } from '@jest/globals';
import { fieldsOf } from '../../tool-page/params/fields.ts';
import type { Problem } from '../upload.ts';
import { describeFailure, passwordField } from './describe-failure.ts';

const fields = fieldsOf({
	params: {
		properties: {
			signed: {
				...{ type: 'string', enum: ['reject', 'invalidate'], default: 'reject' },
				'x-enumTitles': { reject: 'Don’t compress', invalidate: 'Remove the signature' },
			},
			user_password: { type: 'string', writeOnly: true },
			password: { type: 'string', writeOnly: true },
		},
	},
});
const problem = (code: Problem['code'], message = ''): Problem => ({ code, message, details: [] });

test('shows the API’s message with the labels of params and values', () => {
	const failure = describeFailure(
		problem('unsupported_input', 'It is signed: set params.signed to invalidate or gone'),
		fields,
	);
	expect(failure).toEqual({
		title: 'Can’t process this file',
		text: 'It is signed: set “Signed” to “Remove the signature” or gone.',
		remedies: ['change-options'],
	});
});

test.each([
	['The file’s content is plain text, whatever its name says. This tool accepts PDF.', []],
	['The PDF is a dynamic XFA form, which only Adobe software can open.', []],
	['The file has no page 9. Set params.pages to pages from 1 to 2.', ['change-options']],
	['The PDF is digitally signed. Set params.signed to invalidate.', ['change-options']],
])('offers other options only when they can help: %s', (message, remedies) => {
	expect(describeFailure(problem('unsupported_input', message), fields).remedies).toEqual(remedies);
});

test.each<[Problem['code'], string, string[]]>([
	['worker_lost', 'The job was interrupted', ['try-again']],
	['internal', 'Something went wrong on our side', ['try-again']],
	['tool_failed', 'Couldn’t process this file', ['change-options']],
	['corrupt_input', 'Can’t read this file', []],
	['too_large', 'The file is too large', []],
	['no_connection', 'Connection lost', ['try-again']],
	['of_next_year' as Problem['code'], 'Something went wrong', ['try-again']],
])('offers another try for %s only when it can help', (code, title, remedies) => {
	expect(describeFailure(problem(code, 'x'), fields)).toMatchObject({ title, remedies });
});

test('offers an upgrade when Pro helps', () => {
	const failure = describeFailure(problem('limit_exceeded', 'Split the file, or upgrade to Pro.'), fields);
	expect(failure.remedies).toContain('upgrade');
	expect(describeFailure(problem('limit_exceeded', 'Split the file.'), fields).remedies).not.toContain(
		'upgrade',
	);
});

test('offers no upgrade for a limit that every plan has', () => {
	const message = 'you have 1,000 pending uploads, and can have 1,000 at a time; finish or delete some';
	expect(describeFailure(problem('rate_limited', message), fields)).toEqual({
		title: 'Too many requests',
		text: 'You have 1,000 pending uploads, and can have 1,000 at a time; finish or delete some.',
		remedies: ['try-again'],
	});
});

describe('the password of a locked file', () => {
	const locked = problem('encrypted_input', 'Give it as params.password.');

	test('is asked for if the tool has a param for it', () => {
		expect(describeFailure(locked, fields).remedies).toEqual(['give-password']);
		expect(describeFailure(locked, []).remedies).toEqual([]);
	});

	test('goes into the param that the message names, else into `password`', () => {
		expect(passwordField(locked, fields)).toBe('password');
		expect(passwordField(problem('wrong_password', 'see params.user_password'), fields)).toBe(
			'user_password',
		);
		expect(passwordField(problem('wrong_password'), fields)).toBe('password');
	});
});
