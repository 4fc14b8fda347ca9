import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterEach, describe, expect, test } from '@jest/globals';
import { LOW_PRIORITY, renice, TOOL_PRIORITY } from './renice.ts';

const LOW = { threads: LOW_PRIORITY, session: LOW_PRIORITY };

const started: number[] = [];
afterEach(() => {
	for (const pid of started.splice(0)) process.kill(pid, 'SIGKILL');
});

/** Starts a shell with a child, in a session of its own. */
async function startFamily(): Promise<{ parent: number; child: number }> {
	const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; sleep 0.3; sleep 60'], { detached: true });
	const [line] = await once(shell.stdout, 'data');
	const family = { parent: shell.pid ?? 0, child: Number(String(line)) };
	started.push(family.parent, family.child);
	return family;
}

describe('renice', () => {
	test('applies to a process, its children and those that it starts later', async () => {
		const { parent, child } = await startFamily();
		renice(parent, LOW);
		expect([getPriority(parent), getPriority(child)]).toEqual([LOW_PRIORITY, LOW_PRIORITY]);
		await new Promise((resolve) => setTimeout(resolve, 600));
		const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ');
		const later = children.map(Number).filter((pid) => pid !== child);
		started.push(...later);
		expect(later.map((pid) => getPriority(pid))).toEqual([LOW_PRIORITY]);
	});

	test('never lowers a nice value', async () => {
		const { parent, child } = await startFamily();
		renice(parent, LOW);
		renice(parent, { threads: TOOL_PRIORITY, session: TOOL_PRIORITY });
		expect([getPriority(parent), getPriority(child)]).toEqual([LOW_PRIORITY, LOW_PRIORITY]);
	});

	test('ignores a process that has ended', async () => {
		const ended = spawn('true');
		await once(ended, 'close');
		expect(() => renice(ended.pid ?? 0, LOW)).not.toThrow();
	});
});
