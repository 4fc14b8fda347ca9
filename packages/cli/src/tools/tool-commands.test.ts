import type { Tool } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import type { Io } from '../io.ts';
import { addToolCommands } from './tool-commands.ts';

const tool = (slug: string, properties: object = {}): Tool => ({
	slug,
	title: slug,
	summary: slug,
	accepts: [],
	available: true,
	capabilities: {},
	limits: {},
	plans: {} as Tool['plans'],
	params: { type: 'object', properties },
});

function commandsOf(tools: Tool[]): { top: string[][]; run: string[][]; program: Command } {
	const program = new Command();
	addToolCommands(program, {} as Io, tools);
	const namesOf = (commands: readonly Command[]) => commands.map((one) => [one.name(), ...one.aliases()]);
	const [run, ...top] = program.commands;
	return { top: namesOf(top), run: namesOf(run?.commands ?? []), program };
}

test('a tool is a command under each of its names', () => {
	const names = [['compress', 'compress_heavy', 'compress-heavy'], ['ocr']];
	expect(commandsOf([tool('compress_heavy'), tool('ocr')])).toMatchObject({ top: names, run: names });
});

test('a tool whose slug is the alias of another keeps its name', () => {
	const { top } = commandsOf([tool('compress_heavy'), tool('compress')]);
	expect(top).toEqual([['compress_heavy', 'compress-heavy'], ['compress']]);
});

test('a tool named like a built-in command is available under run', () => {
	const { top, run } = commandsOf([tool('jobs')]);
	expect([top, run]).toEqual([[], [['jobs']]]);
});

test('a param named like a common option does not replace that option', () => {
	const { program } = commandsOf([tool('ocr', { force: { type: 'integer' }, mode: { type: 'string' } })]);
	const options = program.commands
		.at(-1)
		?.options.map(({ long, flags }) => (long === '--force' ? flags : long));
	expect(options).toEqual(expect.arrayContaining(['-f, --force', '--mode', '--param']));
	expect(options?.filter((flags) => flags?.includes('--force'))).toHaveLength(1);
});

test('offers the presets of a tool by name, and refuses others', async () => {
	const preset = { name: 'smaller', title: 'Smaller', summary: 'Small.', params: { quality: 40 } };
	const { program } = commandsOf([{ ...tool('ocr'), presets: [preset] }]);
	const command = program.commands.at(-1);
	expect(command?.options.find(({ long }) => long === '--preset')?.argChoices).toEqual(['smaller']);
	const parsing = command
		?.exitOverride()
		.configureOutput({ writeErr: () => undefined })
		.parseAsync(['a.pdf', '--preset', 'tiny'], { from: 'user' });
	await expect(parsing).rejects.toThrow(/Allowed choices are smaller/);
});
