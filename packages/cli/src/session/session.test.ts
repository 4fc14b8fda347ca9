import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { connect, connectSignedIn, connectWithSession } from './connect.ts';
import { readSessions, sessionPath, writeSessions } from './session-file.ts';

let directory: string;
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'creatorr-cli-'));
});
afterEach(() => rm(directory, { recursive: true }));

const ioWith = (env: object = {}) => ({ env: { XDG_CONFIG_HOME: directory, ...env } }) as unknown as Io;
const HERE = 'https://here.example';
const SESSIONS = { api: HERE, byApi: { [HERE]: { token: 'of-here', email: 'a@example.com' } } };

test('sessions are stored readable only by their owner', async () => {
	const { env } = ioWith();
	expect(await readSessions(env)).toEqual({ byApi: {} });
	await writeSessions(env, SESSIONS);
	expect(await readSessions(env)).toEqual(SESSIONS);
	const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
	expect([await modeOf(sessionPath(env)), await modeOf(join(directory, 'creatorr'))]).toEqual([0o600, 0o700]);
	expect(await readdir(join(directory, 'creatorr'))).toEqual(['sessions.json']);
});

test('the error for a damaged file names it', async () => {
	const { env } = ioWith();
	await writeSessions(env, SESSIONS);
	await writeFile(sessionPath(env), '{');
	await expect(readSessions(env)).rejects.toThrow(sessionPath(env));
});

test('the API is the given one, otherwise that of the environment, otherwise that of the last sign-in', async () => {
	expect((await connect(ioWith(), {})).api).toBe('http://127.0.0.1:8080');
	await writeSessions(ioWith().env, SESSIONS);
	expect((await connect(ioWith(), {})).api).toBe(HERE);
	const io = ioWith({ CREATORR_API: 'https://of.environment/base/' });
	expect((await connect(io, {})).api).toBe('https://of.environment/base');
	expect((await connect(io, { api: 'http://named.example' })).api).toBe('http://named.example');
});

test('the token is that of the environment, then the API key, then that of the session', async () => {
	await writeSessions(ioWith().env, SESSIONS);
	const both = { CREATORR_TOKEN: 'mine', CREATORR_API_KEY: 'ctr_live_1' };
	const key = { CREATORR_API_KEY: 'ctr_live_1' };
	expect((await connect(ioWith(both), {})).token).toBe('mine');
	expect((await connect(ioWith(key), {})).token).toBe('ctr_live_1');
	expect((await connect(ioWith({ CREATORR_TOKEN: '', CREATORR_API_KEY: '' }), {})).token).toBe('of-here');
	expect((await connectWithSession(ioWith(key), {})).token).toBe('of-here');
	await expect(connectWithSession(ioWith(key), { api: 'https://other.example' })).rejects.toThrow(
		'not signed in',
	);
});

test.each(['here.example', '%j is refused as an API', 'https://', ''])(
	'%j is refused as the URL of an API',
	async (api) => {
		await expect(connect(ioWith(), { api })).rejects.toThrow(UsageError);
	},
);

test('a token is sent to no other API than the one that issued it', async () => {
	const seen: unknown[] = [];
	const other = createServer((request, response) => {
		seen.push(request.headers.authorization);
		response.writeHead(401, { 'content-type': 'application/json' });
		response.end(JSON.stringify({ error: { code: 'unauthorized', message: 'no', request_id: 'req_1' } }));
	});
	await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
	const api = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
	await writeSessions(ioWith().env, SESSIONS);
	await expect(connectSignedIn(ioWith(), { api })).rejects.toThrow('not signed in at');
	const { client } = await connect(ioWith(), { api });
	await expect(client.account.me()).rejects.toMatchObject({ code: 'unauthorized' });
	const named = await connect(ioWith({ CREATORR_TOKEN: 'mine' }), { api });
	await expect(named.client.account.me()).rejects.toMatchObject({ code: 'unauthorized' });
	expect(seen).toEqual([undefined, 'Bearer mine']);
	await new Promise((resolve) => other.close(resolve));
});

describe('the error for a rejected token', () => {
	/** Returns the error of a call to an API that rejects every token. */
	async function rejection(env: object, message: string, connectTo = connect): Promise<unknown> {
		const server = createServer((_, response) => {
			response.writeHead(401, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ error: { code: 'unauthorized', message, request_id: 'req_1' } }));
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		await writeSessions(ioWith().env, { api, byApi: { [api]: { token: 'mine', email: 'a@example.com' } } });
		try {
			const { client } = await connectTo(ioWith(env), { api });
			return await client.account.me().catch((error: unknown) => error);
		} finally {
			await new Promise((resolve) => server.close(resolve));
		}
	}

	const ENDED = 'Your session has ended. Sign in again: creatorr login';
	const invalid = (variable: string) =>
		`The value of ${variable} is not valid or has expired. Correct it, or unset it and run creatorr login.`;

	test.each([
		['that a session has ended', {}, connect, ENDED],
		['that CREATORR_TOKEN is not valid', { CREATORR_TOKEN: 'x' }, connect, invalid('CREATORR_TOKEN')],
		['that CREATORR_API_KEY is not valid', { CREATORR_API_KEY: 'x' }, connect, invalid('CREATORR_API_KEY')],
		['nothing of an API key that wasn’t sent', { CREATORR_API_KEY: 'x' }, connectWithSession, ENDED],
	])('says %s', async (_, env, connectTo, message) => {
		const expected = { code: 'unauthorized', status: 401, requestId: 'req_1', message };
		expect(await rejection(env, 'The token has expired.', connectTo)).toMatchObject(expected);
	});

	test('keeps the API’s message about an API key', async () => {
		const message = 'The API key is invalid. Create a new one.';
		expect(await rejection({ CREATORR_API_KEY: 'ctr_live_1' }, message)).toMatchObject({ message });
	});
});
