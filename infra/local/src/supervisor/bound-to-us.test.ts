import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { boundToUs } from './bound-to-us.ts';

async function outputOf(command: string[]): Promise<string> {
	const [program = '', ...args] = command;
	const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	let output = '';
	child.stdout.on('data', (chunk) => {
		output += chunk;
	});
	await once(child, 'close');
	return output;
}

test('the command runs as the process that was started, with its arguments untouched', async () => {
	const command = ['sh', '-c', 'echo $$ "$@"', 'sh', 'a b', '$c'];
	const [program = '', ...args] = boundToUs(command);
	const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	const [output] = await once(child.stdout, 'data');
	expect(String(output)).toBe(`${child.pid} a b $c\n`);
});

test('the command does not run when its starter died before it could be bound', async () => {
	// another starter than the one it is bound to is what an orphan sees
	const orphan = boundToUs(['echo', 'ran']).map((word) => (word === String(process.pid) ? '1' : word));
	expect(await outputOf(orphan)).toBe('');
	expect(await outputOf(boundToUs(['echo', 'ran']))).toBe('ran\n');
});
