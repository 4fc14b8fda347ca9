import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { openProxy, type ProxyState } from './proxy.ts';

/** Opens proxies, by name. With a CONTROL_PORT, `POST /<name>` {state, delay_ms} or {lose: true} disturbs one. */
const { PROXIES = '{}', CONTROL_PORT } = process.env;
const settings: Record<string, { port: number; targetPorts: number[] }> = JSON.parse(PROXIES);
const proxies = new Map(
	await Promise.all(
		Object.entries(settings).map(
			async ([name, { port, targetPorts }]) => [name, await openProxy(port, targetPorts)] as const,
		),
	),
);

const control = createServer(async (request, response) => {
	const respond = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
	if (request.method === 'GET') return respond(200, {});
	const proxy = proxies.get(request.url?.slice(1) ?? '');
	if (!proxy) return respond(404, { error: `there is no proxy ${request.url}` });
	const order = (await json(request)) as { state?: ProxyState; delay_ms?: number; lose?: boolean };
	if (order.lose) proxy.lose();
	if (order.state) proxy.set(order.state, order.delay_ms);
	respond(200, {});
});
if (CONTROL_PORT) control.listen(Number(CONTROL_PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
