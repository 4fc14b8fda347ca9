import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPS, configProblem, knownVariables } from '@creatorr/docker/apps';
import { readTargets } from '@creatorr/docker/dockerfile';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
	CALLERS,
	DATABASE_OWNERS,
	makeSecrets,
	publicIdentityKeys,
} from '../../local/src/backing/make-secrets.ts';
import { CONSUMER_TIMEOUT_MS } from '../../local/src/backing/rabbitmq.ts';
import {
	appContainer,
	mayConnect,
	named,
	ofKind,
	outsideOf,
	podOf,
	resolveEnvironment,
} from '../src/cluster.ts';
import { OVERLAYS, type Resource, renderOverlay } from '../src/render.ts';
import { localVariables, MissingVariablesError, readProvidedVariables, secretsOf } from '../src/secrets.ts';

const targets = readTargets();
const generated = makeSecrets();
/** Secrets that other operators create. */
const OF_OPERATORS = { 'rabbitmq-default-user': { username: 'user', password: 'password' } };
/** Variables that only other variables refer to. */
const HELPERS = new Set(['POD_IP', 'RABBITMQ_USER', 'RABBITMQ_PASSWORD', 'APP_ORIGIN', 'OTHER_ORIGINS']);
const PROVIDED = {
	AUTH_DATABASE_URL: 'postgresql://auth:a@db.example.com:5432/auth',
	FILES_DATABASE_URL: 'postgresql://files:a@db.example.com:5432/files',
	JOBS_DATABASE_URL: 'postgresql://jobs:a@db.example.com:5432/jobs',
	BILLING_DATABASE_URL: 'postgresql://billing:a@db.example.com:5432/billing',
	WEBHOOKS_DATABASE_URL: 'postgresql://webhooks:a@db.example.com:5432/webhooks',
	SMTP_URL: 'smtps://user:a@mail.example.com:465',
	S3_ACCESS_KEY_ID: 'key',
	S3_SECRET_ACCESS_KEY: 'secret',
	STRIPE_SECRET_KEY: 'sk_live_a',
	STRIPE_WEBHOOK_SECRET: 'whsec_a',
};

const label = (name: string) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'creatorr' });

/** Returns where the overlay sends traces. */
const tracesOf = (overlay: string) => (overlay === 'large' ? ['monitoring:4318'] : []);

/** Returns a function that looks up entries of Secrets and ConfigMaps as a manifest refers to them. */
function lookUpIn(overlay: string, resources: readonly Resource[]) {
	const provided = overlay === 'local' ? localVariables(generated) : readProvidedVariables(PROVIDED);
	const outside = secretsOf(generated, publicIdentityKeys(generated), provided).items as Resource[];
	return (kind: 'Secret' | 'ConfigMap', name: string, key: string): string | undefined => {
		const operators: Record<string, Record<string, string>> = kind === 'Secret' ? OF_OPERATORS : {};
		const found = [...outside, ...resources].find((one) => one.kind === kind && one.metadata.name === name);
		const entries = operators[name] ?? found?.stringData ?? found?.data;
		return (entries as Record<string, string> | undefined)?.[key];
	};
}

describe.each(OVERLAYS)('the overlay %s', (overlay) => {
	let resources: Resource[];

	beforeAll(async () => {
		resources = await renderOverlay(overlay);
	});

	const environmentOf = (app: string) => ({
		...targets.get(app)?.env,
		...resolveEnvironment(appContainer(resources, app), lookUpIn(overlay, resources)),
	});

	test('has every app, from the image of its name', () => {
		for (const app of APPS)
			expect(appContainer(resources, app).image).toMatch(new RegExp(`(^|/)creatorr/${app}:`));
	});

	test('gives every app its required settings, and only settings that it reads', () => {
		for (const app of APPS) {
			const environment = environmentOf(app);
			expect([app, configProblem(app, environment)]).toEqual([app, undefined]);
			const known = knownVariables(app);
			const unknown = Object.keys(environment).filter((name) => !known.has(name) && !HELPERS.has(name));
			expect([app, unknown]).toEqual([app, []]);
		}
	});

	test('gives every app the settings that no manifest names', () => {
		const settings = ofKind(resources, 'ConfigMap').find(({ metadata }) =>
			metadata.name.startsWith('settings'),
		);
		for (const app of APPS)
			expect([app, appContainer(resources, app).envFrom]).toEqual([
				app,
				[{ configMapRef: { name: settings?.metadata.name } }],
			]);
	});

	test('configures the store’s CORS for the web app and every origin that may call the API', () => {
		const { APP_URL, CORS_ORIGINS } = { ...environmentOf('auth'), ...environmentOf('gateway') };
		expect(environmentOf('files').CORS_ORIGINS).toBe(`${APP_URL},${CORS_ORIGINS}`);
	});

	test('has a broker with the consumer timeout of npm start', () => {
		const { rabbitmq } = named(resources, 'RabbitmqCluster', 'rabbitmq').spec as {
			rabbitmq: { additionalConfig: string };
		};
		expect(rabbitmq.additionalConfig).toContain(`consumer_timeout = ${CONSUMER_TIMEOUT_MS}\n`);
	});

	test('has a broker volume that is larger than the broker’s free space limit', () => {
		const { persistence, rabbitmq } = named(resources, 'RabbitmqCluster', 'rabbitmq').spec as {
			persistence: { storage: string };
			rabbitmq: { additionalConfig: string };
		};
		const limitGb = Number(/disk_free_limit\.absolute = (\d+)GB/.exec(rabbitmq.additionalConfig)?.[1]);
		const sizeGib = Number(/^(\d+)Gi$/.exec(persistence.storage)?.[1]);
		expect(sizeGib).toBeGreaterThan(limitGb);
	});

	test('has no secret in it', () => {
		expect(ofKind(resources, 'Secret')).toEqual([]);
	});

	test.each(DATABASE_OWNERS)(
		'applies the migrations of %s before it starts, with its own image and database',
		(owner) => {
			const [migrations] = podOf(named(resources, 'Deployment', owner)).initContainers ?? [];
			expect(migrations?.image).toBe(appContainer(resources, owner).image);
			expect(migrations?.command?.slice(1)).toEqual([
				'packages/database/src/cli.ts',
				'deploy',
				`apps/${owner}/prisma`,
			]);
			const variable = `${owner.toUpperCase()}_DATABASE_URL`;
			const [url] = migrations?.env ?? [];
			expect(url).toEqual({
				...appContainer(resources, owner).env?.find(({ name }) => name === variable),
				name: 'DATABASE_URL',
			});
		},
	);

	test('has the ports that the images listen on, and probes that they answer', () => {
		for (const app of APPS) {
			const { ports = [], ...container } = appContainer(resources, app);
			expect([app, ports.map(({ containerPort }) => containerPort).toSorted()]).toEqual([
				app,
				targets.get(app)?.exposed.toSorted(),
			]);
			const probe = (name: string, port = 'private') =>
				expect.objectContaining({ httpGet: { path: `/health/${name}`, port }, timeoutSeconds: 5 });
			const readiness: Record<string, unknown> = {
				auth: probe('ready', 'control'),
				...Object.fromEntries(
					['gateway', 'files', 'jobs', 'billing', 'webhooks'].map((name) => [name, probe('startup')]),
				),
			};
			expect([app, container.startupProbe, container.readinessProbe, container.livenessProbe]).toEqual([
				...[app, probe('startup')],
				...[readiness[app] ?? probe('ready'), probe('live')],
			]);
		}
	});

	test('gives every container a read-only file system, no root and no capabilities', () => {
		for (const app of APPS) {
			const pod = podOf(named(resources, 'Deployment', app));
			expect(pod.automountServiceAccountToken).toBe(false);
			expect(pod.securityContext?.runAsNonRoot).toBe(true);
			for (const { securityContext, resources: needs } of [
				...pod.containers,
				...(pod.initContainers ?? []),
			]) {
				expect(securityContext).toMatchObject({
					allowPrivilegeEscalation: false,
					readOnlyRootFilesystem: true,
					capabilities: { drop: ['ALL'] },
				});
				expect(securityContext).not.toHaveProperty('privileged');
				expect(needs).toMatchObject({ requests: { cpu: expect.any(String), memory: expect.any(String) } });
			}
		}
	});

	test('gives every app the default seccomp profile, and the worker its own', () => {
		for (const app of APPS) {
			const { hostUsers, securityContext } = podOf(named(resources, 'Deployment', app));
			const profile =
				app === 'tool-worker'
					? { type: 'Localhost', localhostProfile: 'creatorr/tool-worker.json' }
					: { type: 'RuntimeDefault' };
			expect([app, securityContext?.seccompProfile]).toEqual([app, profile]);
			expect([app, hostUsers]).toEqual([app, app === 'tool-worker' ? false : undefined]);
		}
		const spec = named(resources, 'DaemonSet', 'seccomp-profiles').spec as {
			template: { spec: { volumes: { hostPath?: { path: string } }[] } };
		};
		expect(spec.template.spec.volumes.flatMap(({ hostPath }) => hostPath?.path ?? [])).toEqual([
			'/var/lib/kubelet/seccomp/creatorr',
		]);
	});

	test('lets every app reach the hosts that its environment names, at their ports', () => {
		for (const app of APPS) {
			for (const value of Object.values(environmentOf(app))) {
				const [, host = '', port] = /^\w+:\/\/(?:[^@/]*@)?([a-z][a-z-]*):(\d+)/.exec(value) ?? [];
				if (host === '') continue;
				const isReached = mayConnect(resources, label(app), label(host), Number(port));
				expect([app, host, port, isReached]).toEqual([app, host, port, true]);
			}
		}
		expect(mayConnect(resources, label('auth'), label('gateway'), 8081)).toBe(true);
	});

	test('lets only gateways reach the control port of auth', () => {
		const callers = APPS.filter((app) => mayConnect(resources, label(app), label('auth'), 8082));
		expect(callers).toEqual(['gateway']);
	});

	test('lets a worker reach only the broker, jobs, files and the store, and no pod reach a worker', () => {
		const reached = [...APPS, 'rabbitmq', 'postgres', 'mail', 'store'].filter((name) =>
			[5672, 8081, 8080, 5432, 7070, 1025].some((port) =>
				mayConnect(resources, label('tool-worker'), label(name), port),
			),
		);
		const inCluster = overlay === 'local' ? ['store'] : [];
		expect(reached.toSorted()).toEqual(['files', 'jobs', 'rabbitmq', ...inCluster].toSorted());
		const store = overlay === 'local' ? [] : ['192.0.2.0/24:443'];
		expect(outsideOf(resources, label('tool-worker'))).toEqual([...store, ...tracesOf(overlay)]);
		for (const app of APPS) expect(mayConnect(resources, label(app), label('tool-worker'), 8081)).toBe(false);
	});

	test('lets an app reach only the databases and services that it uses', () => {
		const calls = APPS.flatMap((from) =>
			APPS.filter((to) => mayConnect(resources, label(from), label(to), 8081)).map((to) => `${from} ${to}`),
		);
		expect(calls.toSorted()).toEqual(
			[
				...[
					'auth gateway',
					'billing auth',
					'billing files',
					'billing jobs',
					'gateway auth',
					'gateway billing',
				],
				...[
					'gateway files',
					'gateway jobs',
					'gateway webhooks',
					'webhooks auth',
					'jobs files',
					'tool-worker files',
					'tool-worker jobs',
				],
			].toSorted(),
		);
		expect(outsideOf(resources, label('gateway'))).toEqual(tracesOf(overlay));
	});

	test('lets the broker reach only the Kubernetes API', () => {
		const place = overlay === 'local' ? '0.0.0.0/0' : '192.0.2.0/24';
		const operators = { 'app.kubernetes.io/name': 'rabbitmq', 'app.kubernetes.io/part-of': 'rabbitmq' };
		expect(outsideOf(resources, operators)).toEqual([`${place}:443`, `${place}:6443`]);
	});

	test('trusts X-Forwarded-For only of the overlay’s proxies, and lets no other pod reach the public port', () => {
		expect(environmentOf('gateway').TRUSTED_PROXIES).toBe(overlay === 'local' ? '' : '192.0.2.0/24');
		const { ingress } = named(resources, 'NetworkPolicy', 'from-clients').spec as { ingress: unknown };
		expect(ingress).toEqual([
			{
				from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
				ports: [{ protocol: 'TCP', port: 8080 }],
			},
		]);
	});

	test('keeps a replica of every app when a node is drained, and scales it', () => {
		for (const app of APPS) {
			expect(named(resources, 'PodDisruptionBudget', app).spec).toMatchObject({
				selector: { matchLabels: { 'app.kubernetes.io/name': app } },
			});
			const scaler = app === 'tool-worker' ? 'ScaledObject' : 'HorizontalPodAutoscaler';
			expect(named(resources, scaler, app).spec).toMatchObject({ scaleTargetRef: { name: app } });
		}
	});
});

test('every caller has its own Secret with only its own key', () => {
	const { items } = secretsOf(generated, publicIdentityKeys(generated), readProvidedVariables(PROVIDED));
	for (const caller of CALLERS) {
		const found = items.find(({ metadata }) => metadata.name === `${caller}-secrets`) as unknown as Resource;
		expect(found.stringData).toMatchObject({ INTERNAL_PRIVATE_KEY: generated.identityKeys[caller] });
	}
});

describe('make-secrets', () => {
	const directory = mkdtempSync(join(tmpdir(), 'creatorr-secrets-'));
	const run = (file: string, env: Record<string, string>) =>
		spawnSync(process.execPath, [join(import.meta.dirname, '..', 'src', 'make-secrets.ts'), file], {
			env: { PATH: process.env.PATH, ...env },
			encoding: 'utf8',
		});

	afterAll(() => rmSync(directory, { recursive: true }));

	test('writes nothing when a variable is missing', () => {
		const file = join(directory, 'missing.json');
		const { status, stderr } = run(file, {});
		expect(status).toBe(1);
		for (const name of Object.keys(PROVIDED)) expect(stderr).toContain(name);
		expect(existsSync(file)).toBe(false);
	});

	test('writes a file for its owner alone, and refuses to overwrite it', () => {
		const file = join(directory, 'secrets.json');
		expect(run(file, PROVIDED)).toMatchObject({ status: 0 });
		expect(statSync(file).mode & 0o777).toBe(0o600);
		const first = readFileSync(file, 'utf8');
		expect(JSON.parse(first).items.length).toBeGreaterThan(5);
		expect(run(file, PROVIDED)).toMatchObject({ status: 1, stderr: expect.stringContaining('exists') });
		expect(readFileSync(file, 'utf8')).toBe(first);
		expect(readdirSync(directory)).toEqual(['secrets.json']);
	});
});

test('an optional direct URL is passed on', () => {
	const url = 'postgresql://jobs:a@db.example.com:5432/jobs';
	const provided = readProvidedVariables({ ...PROVIDED, JOBS_DATABASE_DIRECT_URL: url });
	expect(provided.jobs).toMatchObject({ JOBS_DATABASE_DIRECT_URL: url });
	expect(provided.auth).not.toHaveProperty('AUTH_DATABASE_DIRECT_URL');
});

test('all missing variables are named at once', () => {
	const { SMTP_URL: _mail, JOBS_DATABASE_URL: _jobs, ...rest } = PROVIDED;
	expect(() => readProvidedVariables(rest)).toThrow(MissingVariablesError);
	expect(() => readProvidedVariables(rest)).toThrow(/SMTP_URL, JOBS_DATABASE_URL/);
});
