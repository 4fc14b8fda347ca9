import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterEach, expect, test } from '@jest/globals';
import { LOW, lowerPriority } from '../src/low-priority.ts';

const started: number[] = [];
afterEach(() => {
	for (const pid of started.splice(0)) process.kill(pid, 'SIGKILL');
});

/** A shell with a child, in a session of its own. */
async function startFamily(): Promise<{ parent: number; child: number }> {
	const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; sleep 0.3; sleep 60'], { detached: true });
	const [line] = await once(shell.stdout, 'data');
	const family = { parent: shell.pid ?? 0, child: Number(String(line)) };
	started.push(family.parent, family.child);
	return family;
}

test('a process and its children go behind others, what they start later too', async () => {
	const { parent, child } = await startFamily();
	lowerPriority(parent, { threads: LOW, session: LOW });
	expect([getPriority(parent), getPriority(child)]).toEqual([10, 10]);
	await new Promise((resolve) => setTimeout(resolve, 600));
	const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ');
	const later = children.map(Number).filter((pid) => pid !== child);
	started.push(...later);
	expect(later.map((pid) => getPriority(pid))).toEqual([10]);
});

test('nothing goes up again', async () => {
	const { parent, child } = await startFamily();
	lowerPriority(parent, { threads: LOW });
	lowerPriority(parent, { threads: 1 });
	expect([getPriority(parent), getPriority(child)]).toEqual([10, 10]);
});

test('a process that is gone is nobody’s trouble', async () => {
	const ended = spawn('true');
	await once(ended, 'close');
	expect(() => lowerPriority(ended.pid ?? 0, { threads: LOW })).not.toThrow();
});
