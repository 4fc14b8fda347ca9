import type { Tool } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import type { Io } from '../io.ts';
import { addToolCommands } from './tool-commands.ts';

const tool = (slug: string, properties: object = {}): Tool => ({
	...{ slug, title: slug, summary: slug, accepts: [], available: true, capabilities: {} },
	...{ limits: {}, plans: {} as Tool['plans'], params: { type: 'object', properties } },
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

test('a tool that is called as another one for short keeps its name', () => {
	const { top } = commandsOf([tool('compress_heavy'), tool('compress')]);
	expect(top).toEqual([['compress_heavy', 'compress-heavy'], ['compress']]);
});

test('a tool that is called as a command of ours is there under run', () => {
	const { top, run } = commandsOf([tool('jobs')]);
	expect([top, run]).toEqual([[], [['jobs']]]);
});

test('a param that is called as an option of ours leaves the option what it is', () => {
	const { program } = commandsOf([tool('ocr', { force: { type: 'integer' }, mode: { type: 'string' } })]);
	const options = program.commands
		.at(-1)
		?.options.map(({ long, flags }) => (long === '--force' ? flags : long));
	expect(options).toEqual(expect.arrayContaining(['-f, --force', '--mode', '--param']));
	expect(options?.filter((flags) => flags?.includes('--force'))).toHaveLength(1);
});
