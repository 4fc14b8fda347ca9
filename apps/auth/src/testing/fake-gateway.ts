import type { Server, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { closeServer, listen, portOf } from '@creatorr/service/process';
import { verifyIdentity } from './callers.ts';
import { call } from './requests.ts';

export interface Push {
	instance_id: string;
	session_ids: string[];
	revoked_keys?: string[];
	changed_keys?: string[];
}

export type PushHandler = (res: ServerResponse, push: Push) => void | Promise<void>;

/** What a gateway may do with a push. */
export const acknowledge: PushHandler = (res) => void res.writeHead(204).end();
export const hang: PushHandler = () => undefined;
export const hangUp: PushHandler = (res) => void res.destroy();
export const rejectAsOtherInstance: PushHandler = (res) =>
	void res
		.writeHead(404, { 'content-type': 'application/json' })
		.end(JSON.stringify({ error: { code: 'not_found', message: 'not me', request_id: 'req_x' } }));

export interface FakeGateway {
	url: string;
	instanceId: string;
	pushes: Push[];
	/** Handles each push from now on. */
	handlePush: PushHandler;
	/** Asks for a lease, or for its renewal. */
	lease(): Promise<{ granted: boolean; ttl_ms: number }>;
	stop(): Promise<void>;
}

let instances = 0;

/** Returns a new instance id in the format of the contract. */
export function newInstanceId(): string {
	instances += 1;
	return String(instances).padStart(26, '0');
}

/** Starts the private port of a gateway and gets a lease for it. */
export async function startGateway(app: string, handlePush = acknowledge): Promise<FakeGateway> {
	const pushes: Push[] = [];
	const server: Server = await listen(
		(req, res) => {
			void (async () => {
				const identity = verifyIdentity(String(req.headers[IDENTITY_HEADER]));
				if (identity.caller !== 'auth' || req.url !== '/internal/sessions/revoked')
					throw new Error('not auth');
				const push = (await json(req)) as Push;
				pushes.push(push);
				await gateway.handlePush(res, push);
			})();
		},
		{ host: '127.0.0.1', port: 0 },
	);
	const gateway: FakeGateway = {
		url: `http://127.0.0.1:${portOf(server)}`,
		instanceId: newInstanceId(),
		pushes,
		handlePush,
		async lease() {
			const response = await call(app, 'put', `/internal/gateways/${gateway.instanceId}/lease`)
				.send({ callback_url: gateway.url })
				.expect(200);
			return response.body.data;
		},
		stop: () => closeServer(server, 0),
	};
	await gateway.lease();
	return gateway;
}
