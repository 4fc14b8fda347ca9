import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { newPerson } from '../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';
import { eventually, home, replicasOf } from '../driver/processes.ts';

const APPS = ['gateway', 'auth', 'files', 'jobs', 'billing', 'webhooks', 'tool-worker'];
const DOCUMENT = resolve(import.meta.dirname, '../../docs/observability.md');
const ROW = /^\| ([^|`]+) \| `(creatorr_\w+)` \|/gm;

/** Returns the documented metrics with the apps that have each. */
async function documented(): Promise<Map<string, string[]>> {
	const text = await readFile(DOCUMENT, 'utf8');
	return new Map(
		[...text.matchAll(ROW)].map(([, apps = '', name = '']) => [
			name,
			apps === 'all' ? APPS : apps.split(', '),
		]),
	);
}

async function scrape(process: string): Promise<string> {
	const ports = JSON.parse(await readFile(join(home(), 'ports.json'), 'utf8')) as Record<string, number>;
	const response = await fetch(`http://127.0.0.1:${ports[process]}/metrics`);
	expect(response.status).toBe(200);
	return await response.text();
}

/** Returns the sum of the series with this name and these labels over all replicas of an app. */
async function value(app: string, name: string, ...labels: string[]): Promise<number> {
	const texts = await Promise.all(replicasOf(app).map(scrape));
	const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line.startsWith(`${name}{`));
	const matching = lines.filter((line) => labels.every((label) => line.includes(label)));
	return matching.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

let names: Map<string, string[]>;
beforeAll(async () => {
	names = await documented();
	expect(names.size).toBeGreaterThan(40);
});

const PROCESSES = APPS.flatMap((app) => replicasOf(app).map((process) => ({ app, process })));

test.each(PROCESSES)(
	'$process has the metrics that the document says, and no others',
	async ({ app, process }) => {
		const text = await scrape(process);
		const there = [...text.matchAll(/^# TYPE (creatorr_\w+) /gm)].map(([, name]) => name);
		const said = [...names].filter(([, apps]) => apps.includes(app)).map(([name]) => name);
		expect(there.sort()).toEqual(said.sort());
	},
);

test('a job shows in the metrics of every service that handled it', async () => {
	const tool = 'tool="compress_heavy"';
	const ended = () => value('jobs', 'creatorr_jobs_ended_total', tool, 'outcome="succeeded"');
	const ran = () => value('tool-worker', 'creatorr_tool_duration_seconds_count', tool, 'outcome="succeeded"');
	const bytes = () => value('tool-worker', 'creatorr_tool_input_bytes_total', tool);
	const outputs = () => value('files', 'creatorr_uploads_total', 'kind="output"');
	const handled = () => value('jobs', 'creatorr_event_handling_duration_seconds_count', '"job.finished"');
	const before = await Promise.all([ended(), ran(), bytes(), outputs(), handled()]);
	const person = await newPerson();
	const pdf = makePdf({ pages: 1, pictureSide: 100 });
	const id = await startJob(person.token, await uploadFile(person.token, pdf));
	expect((await finishJob(person.token, id)).status).toBe('succeeded');
	// Services count the outcome after clients can see it.
	await eventually(
		async () => {
			const after = await Promise.all([ended(), ran(), bytes(), outputs(), handled()]);
			return after.every((count, index) => count > (before[index] ?? 0));
		},
		20_000,
		'the job does not show',
	);
});

test('no metric contains a user, a file or a job', async () => {
	for (const { process } of PROCESSES) {
		expect(await scrape(process)).not.toMatch(/(usr|ses|fil|job|req|evt)_[0-9A-Z]{26}|@|eyJ/);
	}
});
