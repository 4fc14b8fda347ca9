import { newId } from '@creatorr/contracts/ids';
import { PLANS, type Plans } from '@creatorr/contracts/plans';
import { createService } from '@creatorr/service/create-service';
import { closeServer, listen, portOf } from '@creatorr/service/process';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { loadCatalog } from '@creatorr/tools/catalog';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { User } from '../testing/user.ts';
import { startWorld, type World } from '../testing/world.ts';
import { limitsByPlan, listToolsFrom } from './list-tools.ts';

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

const createJob = (languages: string[]) =>
	user.create({ tool: 'ocr', input_file_id: newId('fil'), params: { languages } });

test('shows a tool without a live worker as not available', async () => {
	await waitFor(async () => expect(await shownOcr()).toMatchObject({ available: false }));
	expect(await shownOcr()).not.toHaveProperty('capabilities');
});

test('shows what all workers of a tool offer, and accepts nothing else', async () => {
	await world.worker('a').offer('ocr', { languages: ['deu', 'eng', 'fra'] });
	await world.worker('b').offer('ocr', { languages: ['eng', 'fra', 'ita'] });
	await waitFor(async () =>
		expect(await shownOcr()).toMatchObject({ available: true, capabilities: { languages: ['eng', 'fra'] } }),
	);
	const refused = await createJob(['eng', 'ita']);
	expect([refused.status, refused.body.error.details]).toEqual([
		400,
		[{ path: 'params.languages', message: expect.stringContaining('eng, fra') }],
	]);
	expect((await createJob(['fra', 'eng'])).status).toBe(201);
});

test('ignores a worker that stopped sending heartbeats', async () => {
	await world.worker('a').offer('ocr', { languages: ['eng'] });
	await world.prisma.worker.updateMany({ data: { seenAt: new Date(Date.now() - 61_000) } });
	await waitFor(async () => expect(await shownOcr()).toMatchObject({ available: false }));
	expect((await createJob(['tlh'])).status).toBe(201);
});

test('lists the tools with their params and limits, without a user', async () => {
	const response = await fetch(`${world.url}/v1/tools`, {
		headers: { 'x-creatorr-identity': world.identities.sign.gateway() },
	});
	const { data } = (await response.json()) as { data: { slug: string; params: object }[] };
	expect(data.map((tool) => tool.slug)).toEqual([...(await loadCatalog()).keys()]);
	expect(data.find((tool) => tool.slug === 'compress_heavy')).toMatchObject({
		accepts: ['application/pdf'],
		params: { properties: { quality: { default: 70, minimum: 1, maximum: 100 } } },
		limits: { max_input_bytes: expect.any(Number) },
	});
	expect(data.find((tool) => tool.slug === 'ocr')).toMatchObject({
		plans: {
			free: { max_input_bytes: 300_000_000, max_pages: 200 },
			// The tool's own limit is lower than the plan's.
			pro: { max_input_bytes: 1_100_000_000, max_pages: 5000 },
		},
	});
});

test('reads once for many requests at once, and describes the tools once', async () => {
	let reads = 0;
	let descriptions = 0;
	const catalog = new Map(
		[...(await loadCatalog())].map(([slug, manifest]) => {
			const counting = {
				...manifest,
				get params() {
					descriptions += 1;
					return manifest.params;
				},
			};
			return [slug, counting];
		}),
	);
	const readCapabilities = async () => {
		reads += 1;
		return new Map([['ocr', { languages: ['eng'] }]]);
	};
	const routes = [listToolsFrom(readCapabilities, { catalog, plans: PLANS })];
	const atStart = descriptions;
	const verifyIdentity = () => ({ caller: 'gateway' as const, user: null });
	const app = createService({ logger: silent, verifyIdentity, routes, checks: {} });
	const server = await listen(app, { host: '127.0.0.1', port: 0 });
	try {
		const url = `http://127.0.0.1:${portOf(server)}/v1/tools`;
		const responses = await Promise.all(
			Array.from({ length: 32 }, async () => {
				const response = await fetch(url);
				expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
				return response.json();
			}),
		);
		expect([atStart > 0, descriptions - atStart]).toEqual([true, 0]);
		// Not exactly 1: on a busy machine, 32 requests may take longer than a response is cached.
		expect(reads).toBeLessThan(8);
		const { data } = responses[0] as { data: { slug: string; available: boolean }[] };
		expect(data.filter((tool) => tool.available).map((tool) => tool.slug)).toEqual(['ocr']);
		expect(data).toHaveLength(catalog.size);
	} finally {
		await closeServer(server);
	}
});

test('shows no larger limit for a plan than the tool has', () => {
	const plans: Plans = {
		free: { ...PLANS.free, anyTool: { maxInputBytes: 10, maxPages: 1 }, tools: {} },
		pro: { ...PLANS.pro, tools: { ocr: { maxInputBytes: 1000, maxPages: 50 } } },
	};
	expect(limitsByPlan(plans, { slug: 'ocr', limits: { maxInputBytes: 500 } as never })).toEqual({
		free: { max_input_bytes: 10, max_pages: 1 },
		pro: { max_input_bytes: 500, max_pages: 50 },
	});
});
