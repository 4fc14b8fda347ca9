import { readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { CALLERS, DATABASE_OWNERS } from '../../local/src/backing/make-secrets.ts';
import { CONSUMER_TIMEOUT_MS } from '../../local/src/backing/rabbitmq.ts';
import { APPS, configProblem, knownVariables } from '../src/apps.ts';
import { type ComposeFile, type ComposeService, REPOSITORY, readCompose } from '../src/compose.ts';
import { readTargets } from '../src/dockerfile.ts';

const PROFILES = ['billing', 'front', 'mail'];
const STRIPE = {
	STRIPE_SECRET_KEY: 'sk_test_x',
	STRIPE_WEBHOOK_SECRET: 'whsec_x',
	STRIPE_PRICE_MONTHLY: 'price_monthly',
	STRIPE_PRICE_YEARLY: 'price_yearly',
};
const targets = readTargets();

let all: ComposeFile;

beforeAll(async () => {
	const { composeVariables } = await import('../src/compose-env.ts');
	const { makeSecrets } = await import('../../local/src/backing/make-secrets.ts');
	all = await readCompose(PROFILES, { ...composeVariables(makeSecrets()), ...STRIPE });
});

function service(name: string): ComposeService {
	const found = all.services[name];
	if (!found) throw new Error(`there is no service ${name}`);
	return found;
}

function environmentOf(app: string): Record<string, string> {
	return { ...targets.get(app)?.env, ...service(app).environment };
}

test.each([[[]], ...PROFILES.map((profile) => [[profile]])])(
	'Compose understands it with the profiles %j',
	async (profiles) => {
		const { services } = await readCompose(profiles);
		expect(Object.keys(services)).toEqual(
			expect.arrayContaining(['postgres', 'rabbitmq', 'store', 'gateway']),
		);
	},
);

test('Compose names the command that creates missing secrets', async () => {
	await expect(readCompose([], {})).rejects.toThrow('make-env.ts');
});

describe.each(APPS)('the service %s', (app) => {
	test('is built from the target of its name', () => {
		expect(service(app)).toMatchObject({
			image: `creatorr/${app}:latest`,
			build: { dockerfile: 'infra/docker/Dockerfile', target: app },
			command: null,
		});
	});

	test('gives the app every required setting, with valid values', () => {
		expect(configProblem(app, environmentOf(app))).toBeUndefined();
	});

	test('gives the app only settings that it reads', () => {
		const known = knownVariables(app);
		expect(Object.keys(environmentOf(app)).filter((name) => !known.has(name))).toEqual([]);
	});

	test('shares a network with every host that its environment names, at the port that it listens on', () => {
		const urls = Object.values(environmentOf(app)).flatMap((value) => {
			const [, host = '', port] = /^\w+:\/\/(?:[^@/]*@)?([a-z][a-z-]*):(\d+)/.exec(value) ?? [];
			return host === '' ? [] : [{ host, port: Number(port) }];
		});
		expect(urls.length).toBeGreaterThan(0);
		const ports: Record<string, number[]> = {
			postgres: [5432],
			rabbitmq: [5672],
			store: [7070],
			mail: [1025],
		};
		for (const { host, port } of urls) {
			const shared = Object.keys(service(host).networks).filter((name) => name in service(app).networks);
			expect([host, shared]).not.toEqual([host, []]);
			expect(ports[host] ?? targets.get(host)?.exposed).toContain(port);
		}
	});

	test('is read-only, without capabilities and privileges', () => {
		expect(service(app)).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
		expect(service(app).cap_add).toBeUndefined();
		expect(service(app).privileged).toBeUndefined();
		expect(service(app).security_opt).toContain('no-new-privileges:true');
	});
});

test.each(DATABASE_OWNERS)(
	'the migrations of %s are applied before it starts, with its own image and database',
	(owner) => {
		expect(service(owner).depends_on?.[`${owner}-migrations`]?.condition).toBe(
			'service_completed_successfully',
		);
		const migrations = service(`${owner}-migrations`);
		expect(migrations.image).toBe(service(owner).image);
		expect(migrations.command?.at(-1)).toBe(`apps/${owner}/prisma`);
		const variable = `${owner.toUpperCase()}_DATABASE_URL`;
		expect(migrations.environment).toEqual({ DATABASE_URL: environmentOf(owner)[variable] });
	},
);

test('an app reads settings.env, except for what the Compose file sets', async () => {
	const settings = 'BACKGROUND_SLOTS=7\nFILES_URL=http://elsewhere:1\n';
	const { services } = await readCompose([], undefined, settings);
	expect(services['tool-worker']?.environment).toMatchObject({
		BACKGROUND_SLOTS: '7',
		FILES_URL: 'http://files:8081',
	});
});

test('images of the product are never pulled from a registry', () => {
	const ours = Object.entries(all.services).filter(([, { image }]) => image?.startsWith('creatorr/'));
	expect(ours.length).toBe(APPS.length + DATABASE_OWNERS.length);
	for (const [name, { pull_policy }] of ours) expect([name, pull_policy]).toEqual([name, 'never']);
});

test('the store’s CORS allows the web app and every origin that may call the API', async () => {
	const { composeVariables } = await import('../src/compose-env.ts');
	const { makeSecrets } = await import('../../local/src/backing/make-secrets.ts');
	const variables: Record<string, string> = composeVariables(makeSecrets());
	const elsewhere = { CORS_ORIGINS: 'https://a.example,https://b.example' };
	const { services } = await readCompose([], { ...variables, ...elsewhere });
	expect(services.gateway?.environment?.CORS_ORIGINS).toBe('https://a.example,https://b.example');
	expect(services.files?.environment?.CORS_ORIGINS).toBe(
		`${variables.APP_URL},https://a.example,https://b.example`,
	);
});

test('every service that calls others signs with its own key', () => {
	const keys = CALLERS.map((caller) => environmentOf(caller).INTERNAL_PRIVATE_KEY);
	expect(new Set(keys).size).toBe(CALLERS.length);
});

test('a worker has one network, which is internal', () => {
	expect(Object.keys(service('tool-worker').networks)).toEqual(['work']);
	expect(all.networks.work?.internal).toBe(true);
	const inReach = Object.entries(all.services).filter(([, { networks }]) => 'work' in networks);
	expect(inReach.map(([name]) => name).toSorted()).toEqual([
		'files',
		'jobs',
		'rabbitmq',
		'store',
		'tool-worker',
	]);
});

test('workers can be scaled: no port, container name or directory is shared', () => {
	const worker = service('tool-worker');
	expect(worker.ports).toBeUndefined();
	expect(worker).not.toHaveProperty('container_name');
	expect(worker.volumes?.map(({ source, target }) => [source, target])).toEqual([[undefined, '/scratch']]);
});

test('only the worker has a seccomp profile of its own', () => {
	const others = Object.entries(all.services).filter(([name]) => name !== 'tool-worker');
	for (const [, { security_opt = [] }] of others)
		expect(security_opt.join()).not.toMatch(/seccomp|apparmor|systempaths/);
	expect(service('tool-worker').security_opt).toContain('seccomp=infra/seccomp/tool-worker.json');
});

test('only the reverse proxy publishes ports, and no private port', () => {
	for (const [name, { ports = [] }] of Object.entries(all.services)) {
		if (name === 'caddy') continue;
		for (const { host_ip, target } of ports) {
			expect([name, host_ip]).toEqual([name, '127.0.0.1']);
			expect(target).not.toBe(8081);
		}
	}
});

test('the broker has the consumer timeout of npm start', () => {
	const file = readFileSync(join(REPOSITORY, 'infra/docker/rabbitmq/20-creatorr.conf'), 'utf8');
	expect(file).toContain(`consumer_timeout = ${CONSUMER_TIMEOUT_MS}\n`);
});

test('the gateway trusts X-Forwarded-For of the reverse proxy only', () => {
	expect(environmentOf('gateway').TRUSTED_PROXIES).toBe('172.30.255.2');
	expect(service('caddy').networks.front).toMatchObject({ ipv4_address: '172.30.255.2' });
});

test('no other container can get the address of the reverse proxy', () => {
	const [pool] = all.networks.front?.ipam?.config ?? [];
	expect(blockOf(pool?.subnet).check('172.30.255.2')).toBe(true);
	expect(blockOf(pool?.ip_range).check('172.30.255.2')).toBe(false);
});

function blockOf(cidr = ''): BlockList {
	const [address = '', bits] = cidr.split('/');
	const block = new BlockList();
	block.addSubnet(address, Number(bits), 'ipv4');
	return block;
}
