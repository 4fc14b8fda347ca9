import { newId } from '@creatorr/contracts/ids';
import { waitFor } from '@creatorr/testing/wait-for';
import { createSealer, REDACTED, sealingKeysSchema } from '@creatorr/tool-kit/params/secret-params';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { failed } from '../testing/bus.ts';
import type { User } from '../testing/user.ts';
import { PARAM_KEYS, startWorld, type World } from '../testing/world.ts';

const PASSWORD = 'hush-4711';
const sealer = createSealer(sealingKeysSchema.parse(PARAM_KEYS));

let world: World;
let user: User;

beforeAll(async () => {
	world = await startWorld();
	user = world.user();
}, 60_000);
afterAll(() => world?.stop());

const request = (params: object = { password: PASSWORD }) => ({
	tool: 'compress_heavy',
	input_file_id: newId('fil'),
	params,
});

/** Returns every row of every table, as text. */
async function everythingStored(): Promise<string> {
	const tables = await world.prisma.$queryRaw<{ name: string }[]>`
		SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;
	const rows = await Promise.all(
		tables.map(({ name }) => world.prisma.$queryRawUnsafe(`SELECT t::text FROM "${name}" t`)),
	);
	return JSON.stringify(rows);
}

test('never shows a password and never stores it in plain text', async () => {
	const body = request();
	const created = await user.create(body, 'a key');
	expect(created.body.data.params.password).toBe(REDACTED);
	const id = created.body.data.id;
	const shown = [await user.read(id), await user.call('GET', '/v1/jobs'), await user.create(body, 'a key')];
	expect(JSON.stringify(shown)).not.toContain(PASSWORD);
	expect(await everythingStored()).not.toContain(PASSWORD);
});

test('treats the same key with another password as another request', async () => {
	const body = request();
	await user.create(body, 'key of a password');
	const other = await user.create({ ...body, params: { password: 'other' } }, 'key of a password');
	expect(other.body.error.code).toBe('idempotency_conflict');
});

test('returns 400 for the placeholder that a job shows instead of a password', async () => {
	const { status, body } = await user.create(request({ password: REDACTED }));
	expect([status, body.error.code, body.error.details[0].path]).toEqual([
		400,
		'validation',
		'params.password',
	]);
});

test('seals a password so that the worker of the job can open it', async () => {
	const id = (await user.create(request())).body.data.id;
	const claim = await world.worker('w').claim(id);
	if (claim.answer !== 'granted') throw new Error(claim.answer);
	expect(claim.params.password).toBe(REDACTED);
	expect(sealer.open(claim.sealed_secrets ?? '', id)).toEqual({ password: PASSWORD });
});

test('seals nothing for a job without a password', async () => {
	const id = (await user.create(request({}))).body.data.id;
	const claim = await world.worker('w').claim(id);
	expect(claim).not.toHaveProperty('sealed_secrets');
});

test.each(['canceled', 'failed'])('deletes the sealed password of a job that is %s', async (end) => {
	const id = (await user.create(request())).body.data.id;
	const sealed = async () => (await world.prisma.job.findUniqueOrThrow({ where: { id } })).sealedSecrets;
	expect(await sealed()).not.toBeNull();
	if (end === 'canceled') await user.cancel(id);
	else await world.bus.finish(id, await world.worker('w').take(id), failed);
	await waitFor(async () => {
		if ((await user.job(id)).status !== end) throw new Error('not yet');
	});
	expect(await sealed()).toBeNull();
});
