import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';

/** Forwards deliveries to replicas in turn, as the gateway does: unchanged, under its own identity. */
export async function startWebhookRelay(urls: readonly string[], identity: () => string) {
	let turn = 0;
	const server = createServer(async (req, res) => {
		const base = urls[turn++ % urls.length];
		const response = await fetch(`${base}/v1/billing/webhook`, {
			method: 'POST',
			headers: {
				[IDENTITY_HEADER]: identity(),
				'content-type': req.headers['content-type'] ?? '',
				'stripe-signature': String(req.headers['stripe-signature'] ?? ''),
			},
			body: new Uint8Array(await buffer(req)),
		}).catch(() => undefined);
		res.statusCode = response?.status ?? 502;
		res.end(await response?.text());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		async stop() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}
