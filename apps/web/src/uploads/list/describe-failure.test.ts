import { describe, expect, test } from '@jest/globals';
import { fieldsOf } from '../../params/fields.ts';
import type { Problem } from '../upload.ts';
import { describeFailure, paramsToChange, passwordField, splitInstructions } from './describe-failure.ts';

const fields = fieldsOf({
	params: {
		properties: {
			signed: {
				type: 'string',
				enum: ['reject', 'invalidate'],
				default: 'reject',
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
		title: 'It is signed: set “Signed” to “Remove the signature” or gone',
		text: '',
		remedies: ['change-options'],
	});
});

test('shows what happened once: the first sentence of a job’s message is its title', () => {
	const message = 'The tool couldn’t process this file. Save a new copy, and try with that.';
	expect(describeFailure(problem('tool_failed', message), fields)).toEqual({
		title: 'The tool couldn’t process this file',
		text: 'Save a new copy, and try with that.',
		remedies: [],
	});
});

test('shows when a quota starts again in local time', () => {
	const { text } = describeFailure(problem('plan_limit', 'Wait until 00:00 UTC or upgrade to Pro.'), fields);
	expect(text).toMatch(/^Wait until \d?\d:\d\d.* or upgrade to Pro\.$/);
	expect(text).not.toContain('UTC');
});

test.each([
	[
		'Despite its name, this is a plain text file. This tool accepts PDF. Use a tool that accepts this file, or convert it first.',
		[],
	],
	['The PDF is a dynamic XFA form, which only Adobe software can open.', []],
	['The file has no page 9. Set params.pages to pages from 1 to 2.', ['change-options']],
	['The PDF is digitally signed. Set params.signed to invalidate.', ['change-options']],
])('offers other options only when they can help: %s', (message, remedies) => {
	expect(describeFailure(problem('unsupported_input', message), fields).remedies).toEqual(remedies);
});

test.each<[Problem['code'], string[]]>([
	['unsupported_input', ['signed', 'output']],
	['encrypted_input', []],
	['corrupt_input', []],
])('names the params to change after %s', (code, names) => {
	const message = 'Set params.signed to invalidate, or params.output to text.';
	expect(paramsToChange(problem(code, message), fields)).toEqual(names);
});

test.each<[Problem['code'], string, string[]]>([
	['worker_lost', 'X', ['try-again']],
	['internal', 'X', ['try-again']],
	['tool_failed', 'X', []],
	['timeout', 'X', []],
	['corrupt_input', 'X', []],
	['validation', 'An option is invalid', ['change-options']],
	['too_large', 'The file is too large', []],
	['no_connection', 'Connection lost', ['try-again']],
	['of_next_year' as Problem['code'], 'Something went wrong', ['try-again']],
])('offers another try for %s only when it can help', (code, title, remedies) => {
	expect(describeFailure(problem(code, 'x'), fields)).toMatchObject({ title, remedies });
});

test('says how to split a PDF when the message advises to split it', () => {
	const advice = 'Split the file or upgrade to Pro.';
	expect(splitInstructions(advice, 'application/pdf')).toMatch(/^To split a PDF, open it, choose Print/);
	expect(splitInstructions(advice, 'text/plain')).toBe('');
	expect(splitInstructions('Upload it again.', 'application/pdf')).toBe('');
});

test('offers an upgrade when Pro helps', () => {
	const failure = describeFailure(problem('limit_exceeded', 'Split the file, or upgrade to Pro.'), fields);
	expect(failure.remedies).toEqual(['upgrade']);
	expect(describeFailure(problem('limit_exceeded', 'Split the file.'), fields).remedies).not.toContain(
		'upgrade',
	);
});

test('links to Files, and offers no upgrade, when too many uploads are unfinished', () => {
	const message = 'You have 1,000 unfinished uploads and can have 1,000 at a time. Finish or delete some.';
	expect(describeFailure(problem('rate_limited', message), fields)).toEqual({
		title: 'Too many unfinished uploads',
		text: message,
		remedies: ['delete-files', 'try-again'],
	});
});

test('doesn’t offer Pro to a Pro user, and links to Files when the storage is full', () => {
	const message = 'Your files use 500 GB. The Pro plan allows 500 GB. Delete some files.';
	expect(describeFailure(problem('plan_limit', message), fields).remedies).toEqual([
		'delete-files',
		'try-again',
	]);
});

describe('the password of a locked file', () => {
	test('is not asked for if the message names no param, because it wouldn’t help', () => {
		const message = 'The PDF’s password protection couldn’t be removed. Remove it, then try again.';
		expect(describeFailure(problem('encrypted_input', message), fields)).toEqual({
			title: 'The PDF’s password protection couldn’t be removed',
			text: 'Remove it, then try again.',
			remedies: [],
		});
	});

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
