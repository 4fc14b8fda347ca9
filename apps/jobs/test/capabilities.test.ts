import { newId } from '@creatorr/contracts/ids';
import { until } from '@creatorr/testing/until';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { User } from './support/user.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
let user: User;

beforeAll(async () => {
	world = await startWorld();
	user = world.user();
}, 60_000);
afterAll(() => world?.stop());
beforeEach(() => world.prisma.worker.deleteMany());

async function shownOcr() {
	const tools: { slug: string }[] = (await user.call('GET', '/v1/tools')).body.data;
	return tools.find(({ slug }) => slug === 'ocr');
}

const ask = (languages: string[]) =>
	user.create({ tool: 'ocr', input_file_id: newId('fil'), params: { languages } });

test('a tool without a living worker is shown as not available', async () => {
	await until(async () => expect(await shownOcr()).toMatchObject({ available: false }));
	expect(await shownOcr()).not.toHaveProperty('capabilities');
});

test('a tool shows what all of its workers have, and takes nothing else', async () => {
	await world.worker('a').offer('ocr', { languages: ['deu', 'eng', 'fra'] });
	await world.worker('b').offer('ocr', { languages: ['eng', 'fra', 'ita'] });
	await until(async () =>
		expect(await shownOcr()).toMatchObject({ available: true, capabilities: { languages: ['eng', 'fra'] } }),
	);
	const refused = await ask(['eng', 'ita']);
	expect([refused.status, refused.body.error.details]).toEqual([
		400,
		[{ path: 'params.languages', message: expect.stringContaining('eng, fra') }],
	]);
	expect((await ask(['fra', 'eng'])).status).toBe(201);
});

test('a worker that is gone counts no more', async () => {
	await world.worker('a').offer('ocr', { languages: ['eng'] });
	await world.prisma.worker.updateMany({ data: { seenAt: new Date(Date.now() - 61_000) } });
	await until(async () => expect(await shownOcr()).toMatchObject({ available: false }));
	expect((await ask(['tlh'])).status).toBe(201);
});
