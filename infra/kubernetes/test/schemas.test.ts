import { describe, expect, test } from '@jest/globals';
import { OVERLAYS, type Resource, renderOverlay } from '../src/render.ts';
import { problemsOf } from '../src/schemas.ts';

test.each(OVERLAYS)('every resource of the overlay %s is one that the API knows', async (overlay) => {
	const problems: string[] = [];
	for (const resource of await renderOverlay(overlay)) {
		for (const problem of await problemsOf(resource)) {
			problems.push(`${resource.kind} ${resource.metadata.name}: ${problem}`);
		}
	}
	expect(problems).toEqual([]);
});

describe('a resource is refused', () => {
	const container = { name: 'a', image: 'a', securityContext: { readOnlyRootFilesystem: true } };
	const deployment = (spec: object, inContainer: object = {}): Resource => ({
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: { name: 'a' },
		spec: {
			selector: { matchLabels: { any: 'name' } },
			template: {
				metadata: { labels: { any: 'name' } },
				spec: { containers: [{ ...container, ...inContainer }] },
			},
			...spec,
		},
	});

	test('not if it is valid', async () => {
		expect(await problemsOf(deployment({}))).toEqual([]);
	});

	test('for a field that the API does not know, however deep', async () => {
		expect(await problemsOf(deployment({ replica: 1 }))).toEqual(['/spec/replica is not a field of the API']);
		const misspelt = deployment({}, { securityContext: { readonlyRootFilesystem: true } });
		expect(await problemsOf(misspelt)).toEqual([
			'/spec/template/spec/containers/0/securityContext/readonlyRootFilesystem is not a field of the API',
		]);
	});

	test('for a value of another type', async () => {
		expect(await problemsOf(deployment({ replicas: 'one' }))).toEqual(['/spec/replicas must be integer']);
	});

	test('for a missing field', async () => {
		const problems = await problemsOf(deployment({ selector: undefined }));
		expect(problems.join()).toContain('must have required property selector');
	});

	test('of KEDA by KEDA’s own schema', async () => {
		const scaled = (spec: object): Resource => ({
			apiVersion: 'keda.sh/v1alpha1',
			kind: 'ScaledObject',
			metadata: { name: 'a' },
			spec: { scaleTargetRef: { name: 'a' }, triggers: [], ...spec },
		});
		expect(await problemsOf(scaled({}))).toEqual([]);
		expect(await problemsOf(scaled({ minReplicas: 1 }))).toEqual([
			'/spec/minReplicas is not a field of the API',
		]);
	});

	test('of the RabbitMQ operator by the fields that we use', async () => {
		const cluster = (spec: object): Resource => ({
			apiVersion: 'rabbitmq.com/v1beta1',
			kind: 'RabbitmqCluster',
			metadata: { name: 'a' },
			spec,
		});
		expect(await problemsOf(cluster({ replicas: 3 }))).toEqual([]);
		expect(await problemsOf(cluster({ replica: 3 }))).toEqual(['/spec must NOT have additional properties']);
	});
});
