import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadSecrets } from '../backing/secrets.ts';
import { type Home, openHome } from '../supervisor/home.ts';
import type { ManagedProcess } from '../supervisor/process.ts';
import { appProcesses } from './apps.ts';
import type { Scale } from './scale.ts';

let home: Home;
beforeEach(() => {
	home = openHome(mkdtempSync(join(tmpdir(), 'creatorr-apps-')));
});
afterEach(() => rmSync(home.root, { recursive: true }));

async function processes(scale: Scale, environment: NodeJS.ProcessEnv = {}) {
	const { apps, balancers } = await appProcesses({
		environment,
		home,
		secrets: loadSecrets(home),
		databases: {},
		amqpUrl: 'amqp://127.0.0.1:1',
		s3: {
			...{ endpoint: 'http://127.0.0.1:2', publicEndpoint: 'http://127.0.0.1:2', region: 'r', bucket: 'b' },
			...{ accessKeyId: 'k', secretAccessKey: 's', forcePathStyle: 'true' as const },
		},
		stripe: { apiBase: '', secretKey: '', webhookSecret: '', priceMonthly: '', priceYearly: '' },
		corsOrigins: '',
		gatewayPort: 8080,
		scale,
	});
	const named = (list: ManagedProcess[]) => new Map(list.map((one) => [one.name, one]));
	return { apps: named(apps), balancers: named(balancers) };
}

test('apps of which there is one reach each other without anybody in between', async () => {
	const { apps, balancers } = await processes({ gateway: 1 });
	expect(balancers.size).toBe(0);
	expect(apps.get('gateway')?.env.JOBS_URL).toBe(`http://127.0.0.1:${apps.get('jobs')?.env.PORT}`);
});

test('several replicas of an app are reached at one address, once all of them are up', async () => {
	const { apps, balancers } = await processes({ gateway: 2, jobs: 2, 'tool-worker': 2 });
	const balancer = balancers.get('jobs-balancer');
	const replicas = ['jobs', 'jobs-2'];
	expect([...balancers.keys()]).toEqual(['jobs-balancer']);
	expect(balancer?.dependsOn).toEqual(replicas);
	expect(balancer?.env.REPLICA_PORTS).toBe(replicas.map((name) => apps.get(name)?.env.PORT).join(','));
	for (const caller of ['gateway', 'gateway-2', 'tool-worker', 'tool-worker-2']) {
		expect(apps.get(caller)?.env.JOBS_URL).toBe(`http://127.0.0.1:${balancer?.env.PORT}`);
		expect(apps.get(caller)?.dependsOn).toContain('jobs-balancer');
	}
});

test('the control port of auth is reached at one address of its own, whether auth has replicas or not', async () => {
	const single = (await processes({ gateway: 1 })).apps;
	const controlPort = single.get('auth')?.env.CONTROL_PORT;
	expect(controlPort).not.toBe(single.get('auth')?.env.PORT);
	expect(single.get('gateway')?.env.AUTH_CONTROL_URL).toBe(`http://127.0.0.1:${controlPort}`);
	const { apps, balancers } = await processes({ gateway: 1, auth: 2 });
	const balancer = balancers.get('auth-control-balancer');
	const controlPorts = ['auth', 'auth-2'].map((name) => apps.get(name)?.env.CONTROL_PORT);
	expect(balancer?.dependsOn).toEqual(['auth', 'auth-2']);
	expect(balancer?.env.REPLICA_PORTS).toBe(controlPorts.join(','));
	expect(apps.get('gateway')?.env.AUTH_CONTROL_URL).toBe(`http://127.0.0.1:${balancer?.env.PORT}`);
	expect(apps.get('gateway')?.dependsOn).toEqual(
		expect.arrayContaining(['auth-balancer', 'auth-control-balancer']),
	);
});

test('with a certificate the pages that may send to the store, and the links of mails, are https', async () => {
	const tls = { TLS_CERT_FILE: '/cert.pem', TLS_KEY_FILE: '/key.pem' };
	const plain = (await processes({ gateway: 1 })).apps;
	const { apps } = await processes({ gateway: 1 }, tls);
	const origins = (scheme: string) => `${scheme}://127.0.0.1:8080,${scheme}://localhost:8080`;
	expect(plain.get('files')?.env.CORS_ORIGINS).toBe(origins('http'));
	expect(apps.get('files')?.env.CORS_ORIGINS).toBe(origins('https'));
	expect(apps.get('auth')?.env.APP_URL).toBe('https://127.0.0.1:8080');
});
