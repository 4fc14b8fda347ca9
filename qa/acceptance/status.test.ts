import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { call, newPerson } from '../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../driver/flow.ts';
import { home, pidOf, replicasOf } from '../driver/processes.ts';

const COMMAND = resolve(import.meta.dirname, '../../infra/local/src/status.ts');

async function status(...args: string[]): Promise<string> {
	const env = { ...process.env, CREATORR_HOME: home(), NODE_OPTIONS: '' };
	// Its exit code reports every process that isn't ready, and other tests end some.
	const run = promisify(execFile)(process.execPath, [COMMAND, ...args], { env });
	return await run.then(
		({ stdout }) => stdout,
		({ stdout }) => stdout,
	);
}

test('the status shows recent failures with their codes, and the workers of each tool', async () => {
	const person = await newPerson();
	const input = await uploadFile(person.token, Buffer.from('this is no PDF'));
	const id = await startJob(person.token, input);
	const job = await finishJob(person.token, id);
	expect(job.status).toBe('failed');
	const report = JSON.parse(await status('--json'));
	expect(report.recent_failures).toContainEqual(
		expect.objectContaining({ job_id: id, tool: 'compress_heavy', error_code: job.error_code }),
	);
	expect(report.tools.compress_heavy.slots).toBeGreaterThan(0);
	expect(report.queues).toHaveProperty('dead-letters');
	expect(Object.keys(report.outboxes).sort()).toEqual(['auth', 'billing', 'jobs', 'webhooks']);
	expect(await status()).toContain(id);
});

test('the status works while a service does not respond, and names it', async () => {
	const replicas = replicasOf('jobs');
	const pids = await Promise.all(replicas.map(pidOf));
	for (const pid of pids) process.kill(pid, 'SIGSTOP');
	try {
		const report = JSON.parse(await status('--json'));
		expect(report.silent).toEqual(expect.arrayContaining(replicas));
		expect(report).toMatchObject({ tools: null, queues: null, recent_failures: null });
		expect(report.silent).not.toContain('files');
	} finally {
		for (const pid of pids) process.kill(pid, 'SIGCONT');
	}
	expect((await call('GET', '/v1/tools')).status).toBe(200);
});
