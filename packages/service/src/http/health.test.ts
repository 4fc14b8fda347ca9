import { beforeEach, expect, test } from '@jest/globals';
import express, { type Express } from 'express';
import request from 'supertest';
import { renderErrors } from './error-rendering.ts';
import { healthRoutes } from './health.ts';

let isDown: boolean;
let app: Express;
let logged: unknown[][];

const log =
	(level: string) =>
	(...line: unknown[]) =>
		void logged.push([level, ...line]);
const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };

beforeEach(() => {
	isDown = true;
	logged = [];
	const database = async () => {
		if (isDown) throw new Error('away');
	};
	app = express()
		.use(healthRoutes({ checks: { database }, logger }))
		.use(renderErrors(logger));
});

const status = async (name: string) => (await request(app).get(`/health/${name}`)).status;

test('a process has started after every check has succeeded once', async () => {
	expect([await status('startup'), await status('live')]).toEqual([503, 200]);
	isDown = false;
	expect(await status('startup')).toBe(200);
});

test('a started process stays started when a check fails, and is not ready meanwhile', async () => {
	isDown = false;
	await status('startup');
	isDown = true;
	expect([await status('startup'), await status('ready')]).toEqual([200, 503]);
});

test('readiness is logged when it changes, with what is down', async () => {
	for (isDown of [true, true, false, false, true]) await status('ready');
	const notReady = ['health.not_ready', { down: 'database is down' }];
	expect(logged).toEqual([
		['info', ...notReady],
		['info', 'health.ready'],
		['warn', ...notReady],
	]);
});
