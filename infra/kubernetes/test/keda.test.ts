import { readFileSync } from 'node:fs';
import { renderMetrics } from '@creatorr/service/metrics';
import { DEFAULT_JOBS_PER_WORKER } from '@creatorr/tool-kit/tool/manifest';
import { type Catalog, loadCatalog } from '@creatorr/tools/catalog';
import { beforeAll, expect, test } from '@jest/globals';
import { backlogMetrics } from '../../../apps/jobs/src/dispatch/queue-metrics.ts';
import { named } from '../src/cluster.ts';
import { SCALED_OBJECT_FILE, scaledObjectFor } from '../src/keda.ts';
import { renderOverlay } from '../src/render.ts';

interface ScaledObject {
	triggers: {
		type: string;
		name: string;
		metadata: { url: string; format: string; valueLocation: string };
	}[];
	advanced: { scalingModifiers: { formula: string } };
}

let catalog: Catalog;
let tools: string[];
let spec: ScaledObject;
let namespace: string | undefined;

beforeAll(async () => {
	catalog = await loadCatalog();
	tools = [...catalog.keys()];
	const scaled = named(await renderOverlay('large'), 'ScaledObject', 'tool-worker');
	spec = scaled.spec as ScaledObject;
	namespace = scaled.metadata.namespace;
});

/** Returns the number of workers that KEDA computes from these readings. */
function workersFor(readings: Record<string, number>): number {
	const names = spec.triggers.map(({ name }) => name);
	const evaluate = new Function(...names, `return ${spec.advanced.scalingModifiers.formula}`);
	return evaluate(...names.map((name) => readings[name] ?? 0)) as number;
}

test('the triggers and the formula are those of the manifests: if not, run node infra/kubernetes/src/write-keda.ts', () => {
	const text = readFileSync(SCALED_OBJECT_FILE, 'utf8');
	expect(text).toBe(scaledObjectFor(catalog.values(), text));
});

test('every trigger reads one tool of the catalog, or all together', () => {
	for (const { name, metadata } of spec.triggers) {
		const location = /^creatorr_jobs_unfinished\{tool="(\w+)"\}$/.exec(metadata.valueLocation);
		if (name === 'everything') expect(metadata.valueLocation).toBe('creatorr_jobs_backlog');
		else expect([name, location?.[1], tools.includes(name)]).toEqual([name, name, true]);
	}
});

test('scales workers by the unfinished jobs of every tool, also of one without a trigger', () => {
	expect(workersFor({})).toBe(0);
	for (const { slug, jobsPerWorker = DEFAULT_JOBS_PER_WORKER } of catalog.values())
		expect(workersFor({ everything: 16, [slug]: 16 })).toBe(16 / jobsPerWorker);
	expect(workersFor({ everything: 16 })).toBe(16 / DEFAULT_JOBS_PER_WORKER);
});

test('KEDA reads the metric of the jobs service at its address', async () => {
	const backlog = backlogMetrics.start({ catalog: await loadCatalog(), prisma: {} as never });
	const { text } = await renderMetrics();
	backlog.stop();
	for (const { type, metadata } of spec.triggers) {
		expect(type).toBe('metrics-api');
		expect(metadata).toMatchObject({
			url: `http://jobs.${namespace}.svc:8081/metrics`,
			format: 'prometheus',
		});
		const [metric = ''] = /^[a-z_]+/.exec(metadata.valueLocation) ?? [];
		expect(text).toContain(`# TYPE ${metric} gauge`);
	}
});
