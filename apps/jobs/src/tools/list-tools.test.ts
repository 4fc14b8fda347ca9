import { PLANS, type Plans } from '@creatorr/contracts/plans';
import { createService } from '@creatorr/service/create-service';
import { closeServer, listen, portOf } from '@creatorr/service/process';
import { silent } from '@creatorr/testing/silent';
import { loadCatalog } from '@creatorr/tools/catalog';
import { expect, test } from '@jest/globals';
import { limitsByPlan, listToolsFrom } from './list-tools.ts';

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
