import { beforeEach, expect, test } from '@jest/globals';
import express, { type Express } from 'express';
import request from 'supertest';
import { renderErrors } from './error-rendering.ts';
import { healthRoutes } from './health.ts';

const ignore = () => undefined;
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

let isDown: boolean;
let app: Express;

beforeEach(() => {
	isDown = true;
	const database = async () => {
		if (isDown) throw new Error('away');
	};
	app = express().use(healthRoutes({ database })).use(renderErrors(SILENT));
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
