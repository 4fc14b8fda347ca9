import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { type LinkState, openLink } from './link.ts';

/** All links of a product, configured with `POST /<link>` {state, delay_ms} or {lose: true}. `GET /` lists their names. */
const ports: { name: string; port: number; targetPort: number }[] = JSON.parse(process.env.LINKS ?? '[]');
const links = await Promise.all(ports.map(({ name, port, targetPort }) => openLink(name, port, targetPort)));

const server = createServer(async (request, response) => {
	const respond = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
	if (request.method === 'GET') return respond(200, { links: links.map(({ name }) => name) });
	const link = links.find(({ name }) => request.url === `/${name}`);
	if (!link) return respond(404, { error: `there is no link ${request.url}` });
	const order = (await json(request)) as { state?: LinkState; delay_ms?: number; lose?: boolean };
	if (order.lose) link.lose();
	if (order.state) link.set(order.state, order.delay_ms);
	respond(200, {});
});
server.listen(Number(process.env.CONTROL_PORT), '127.0.0.1');

process.once('SIGTERM', () => process.exit(0));
