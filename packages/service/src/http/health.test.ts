import { beforeEach, expect, test } from '@jest/globals';
import express, { type Express } from 'express';
import request from 'supertest';
import { renderErrors } from './error-rendering.ts';
import { healthRoutes } from './health.ts';

const ignore = () => undefined;
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

let isAway: boolean;
let app: Express;

beforeEach(() => {
	isAway = true;
	const database = async () => {
		if (isAway) throw new Error('away');
	};
	app = express().use(healthRoutes({ database })).use(renderErrors(SILENT));
});

const status = async (name: string) => (await request(app).get(`/health/${name}`)).status;

test('a process has not started before everything that it needs has answered', async () => {
	expect([await status('startup'), await status('live')]).toEqual([503, 200]);
	isAway = false;
	expect(await status('startup')).toBe(200);
});

test('a process that has started stays so when a part goes away, and is not ready meanwhile', async () => {
	isAway = false;
	await status('startup');
	isAway = true;
	expect([await status('startup'), await status('ready')]).toEqual([200, 503]);
});
