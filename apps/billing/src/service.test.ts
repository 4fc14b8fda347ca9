import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startWorld, subscribe, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
	world = await startWorld();
}, 120_000);
afterAll(() => world?.stop());

async function value(series: string): Promise<number | undefined> {
	const text = await (await fetch(`${world.url}/metrics`)).text();
	const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
	return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

test('metrics count events, refused ones too, and calls to Stripe', async () => {
	await subscribe(world, world.user());
	await fetch(world.webhookUrl, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'stripe-signature': 't=1,v1=00' },
		body: '{}',
	});
	await waitFor(async () => {
		expect(await value('creatorr_stripe_events_total{outcome="new"}')).toBeGreaterThan(0);
		expect(await value('creatorr_stripe_events_total{outcome="refused"}')).toBe(1);
		expect(await value('creatorr_customer_syncs_total{outcome="done"}')).toBeGreaterThan(0);
		expect(await value('creatorr_stripe_events_waiting')).toBe(0);
		expect(await value('creatorr_outbox_events')).toBe(0);
	});
});
