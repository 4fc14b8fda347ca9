import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import { optionsOf } from './param-options.ts';
import type { ParamSchema } from './param-schema.ts';

function parse(param: string, schema: ParamSchema, argv: string[]): unknown {
	const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
	const options = optionsOf(param, schema);
	for (const { option } of options) command.addOption(option);
	command.parse(argv, { from: 'user' });
	const [first] = options;
	return first && command.opts()[first.option.attributeName()];
}

const ON = { type: 'boolean', default: true };
const LANGUAGES = { type: 'array', items: { type: 'string' }, default: ['eng'] };

test.each([
	['quality', { type: 'integer', default: 70 }, ['--quality', '50'], 50],
	['image_dpi', { anyOf: [{ type: 'integer' }, { type: 'null' }] }, ['--image-dpi=150'], 150],
	['linearize', ON, ['--no-linearize'], false],
	['linearize', ON, ['--linearize'], true],
	['languages', LANGUAGES, ['--languages', 'deu,fra'], ['deu', 'fra']],
	['languages', LANGUAGES, ['--languages', 'deu', '--languages', 'fra'], ['deu', 'fra']],
	['signed', { enum: ['reject', 'invalidate'] }, ['--signed', 'invalidate'], 'invalidate'],
])('%s has an option', (param, schema, argv, value) => {
	expect(parse(param, schema, argv)).toEqual(value);
});

test.each([{ type: 'integer', default: 70 }, ON, LANGUAGES])(
	'an option that is not given is left out',
	(schema) => {
		expect(parse('param', schema, [])).toBeUndefined();
	},
);

test('an invalid value is refused', () => {
	expect(() => parse('quality', { type: 'integer' }, ['--quality', 'high'])).toThrow('a whole number');
});

test('the help says how to keep a secret out of the command line', () => {
	const schema = { type: 'string', format: 'password', title: 'New password', description: 'Opens it.' };
	const [only] = optionsOf('password', schema);
	expect(only?.option.description).toBe(
		'New password: Opens it. Use - to be prompted, so that it doesn’t show on screen.',
	);
});

test('the help shows the default and the choices', () => {
	const command = new Command('tool');
	const schema = {
		type: 'string',
		enum: ['pdf', 'text'],
		default: 'pdf',
		title: 'Result',
		description: 'What comes out.',
		'x-enumTitles': { pdf: 'Searchable PDF', text: 'Plain text' },
		'x-enumDescriptions': { pdf: 'Text under the pages.' },
	};
	for (const { option } of optionsOf('kind', schema)) command.addOption(option);
	const help = command.helpInformation().replace(/\s+/g, ' ');
	expect(help).toContain(
		'--kind <text> Result: What comes out. pdf: Searchable PDF. Text under the pages. text: Plain text. (default: pdf) (choices: "pdf", "text")',
	);
});

test('the help shows the title of a param without a description', () => {
	const [only] = optionsOf('kind', {
		type: 'string',
		title: 'Result format',
		'x-enumTitles': { a: 'First' },
	});
	expect(only?.option.description).toBe('Result format. a: First.');
});

test('the help says what null means, and names options', () => {
	const schema = { anyOf: [{ type: 'string' }, { type: 'null' }], default: null, 'x-nullTitle': 'All pages' };
	const [only] = optionsOf('pages', { ...schema, description: 'Not available if params.mode is redo.' });
	expect(only?.option.description).toBe('Not available if --mode is redo. (default: all pages)');
});

test('the help of an option that turns something off says in one sentence what that is', () => {
	const description = 'Straighten pages, unless params.mode is redo. With redo, true is rejected.';
	const shown = optionsOf('deskew', { ...ON, title: 'Deskew', description }).filter(
		({ option }) => !option.hidden,
	);
	expect(shown.map(({ option }) => [option.long, option.description])).toEqual([
		['--no-deskew', 'Don’t do this: “Straighten pages, unless --mode is redo.”'],
	]);
});
