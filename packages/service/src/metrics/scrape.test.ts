import { expect, test } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { counter, gauge, readThreadMetrics } from './metrics.ts';
import { collectThreadMetrics, metricsRoute, readWhenScraped } from './scrape.ts';

const app = express().get('/metrics', metricsRoute);
const scrape = async () => (await request(app).get('/metrics').expect(200)).text;

test('initial series of a counter are shown with 0', async () => {
	counter({
		name: 'creatorr_test_ends_total',
		help: 'of a test',
		labels: ['outcome'],
		initial: [{ outcome: 'done' }],
	});
	expect(await scrape()).toContain('creatorr_test_ends_total{outcome="done"} 0\n');
});

test('a renamed metric is also shown under its former name and labels', async () => {
	const runs = counter({
		name: 'creatorr_test_runs_total',
		help: 'of a test',
		labels: ['task', 'outcome'],
		former: { name: 'creatorr_test_chores_total', labels: { task: 'chore' } },
	});
	runs.inc({ task: 'sweep', outcome: 'done' }, 2);
	const text = await scrape();
	expect(text).toContain('creatorr_test_runs_total{task="sweep",outcome="done"} 2\n');
	expect(text).toContain('# TYPE creatorr_test_chores_total counter\n');
	expect(text).toContain('creatorr_test_chores_total{chore="sweep",outcome="done"} 2\n');
});

test('a value is read at each scrape until it is stopped', async () => {
	const depth = gauge({ name: 'creatorr_test_depth', help: 'of a test', labels: ['queue'] });
	let now = 3;
	const reading = readWhenScraped({
		name: 'test_depth',
		gauges: [depth],
		read: async () => now,
		update: (value) => depth.set({ queue: 'a' }, value),
	});
	expect(await scrape()).toContain('creatorr_test_depth{queue="a"} 3');
	now = 5;
	expect(await scrape()).toContain('creatorr_test_depth{queue="a"} 5');
	reading.stop();
	now = 7;
	expect(await scrape()).toContain('creatorr_test_depth{queue="a"} 5');
});

test('a value that can’t be read is missing, and counted as a failure', async () => {
	const age = gauge({ name: 'creatorr_test_age', help: 'of a test', labels: ['queue'] });
	let away = false;
	const reading = readWhenScraped({
		name: 'test_age',
		gauges: [age],
		read: async () => {
			if (away) throw new Error('the database is away');
			return 9;
		},
		update: (value) => age.set({ queue: 'a' }, value),
	});
	expect(await scrape()).toContain('creatorr_test_age{queue="a"} 9');
	away = true;
	const text = await scrape();
	expect(text).not.toContain('creatorr_test_age{');
	expect(text).toContain('creatorr_metric_reads_failed_total{reading="test_age"} 1');
	reading.stop();
});

test('a reading that hangs delays no scrape and is not started again', async () => {
	const slow = gauge({ name: 'creatorr_test_slow', help: 'of a test', labels: ['queue'] });
	const { promise, resolve } = Promise.withResolvers<number>();
	let reads = 0;
	const reading = readWhenScraped(
		{
			name: 'test_slow',
			gauges: [slow],
			read: () => {
				reads += 1;
				return promise;
			},
			update: (value) => slow.set({ queue: 'a' }, value),
		},
		20,
	);
	expect(await scrape()).not.toContain('creatorr_test_slow{');
	expect(await scrape()).not.toContain('creatorr_test_slow{');
	expect(reads).toBe(1);
	resolve(4);
	expect(await scrape()).toContain('creatorr_test_slow{queue="a"} 4');
	reading.stop();
});

test('a worker thread adds its series to those of the same name, and to no others', async () => {
	const calls = counter({ name: 'creatorr_test_calls_total', help: 'of a test', labels: ['operation'] });
	calls.inc({ operation: 'a' }, 2);
	const ofThread = (await readThreadMetrics())
		.filter(({ name }) => name === 'creatorr_test_calls_total')
		.map((metric) => ({ ...metric, values: [{ value: 5, labels: { operation: 'b' } }] }));
	const thread = collectThreadMetrics('test_thread', async () => ofThread);
	const text = await scrape();
	expect(text).toContain('creatorr_test_calls_total{operation="a"} 2');
	expect(text).toContain('creatorr_test_calls_total{operation="b"} 5');
	expect(text.match(/^# TYPE creatorr_test_calls_total /gm)).toHaveLength(1);
	expect(text).toMatch(/^process_start_time_seconds [1-9]/m);
	thread.stop();
	expect(await scrape()).not.toContain('operation="b"');
});

test('a worker thread that does not respond is left out, and the others are shown', async () => {
	const thread = collectThreadMetrics('test_silent', async () => {
		throw new Error('it has ended');
	});
	expect(await scrape()).toContain('creatorr_metric_reads_failed_total{reading="test_silent"} 1');
	thread.stop();
});
