import { renderMetrics } from '@creatorr/service/metrics';
import { loadCatalogue } from '@creatorr/tools/catalogue';
import { beforeAll, expect, test } from '@jest/globals';
import { showBacklog } from '../../../apps/jobs/src/backlog-metrics.ts';
import { named } from '../src/cluster.ts';
import { renderOverlay } from '../src/render.ts';

interface ScaledObject {
	triggers: {
		type: string;
		name: string;
		metadata: { url: string; format: string; valueLocation: string };
	}[];
	advanced: { scalingModifiers: { formula: string } };
}

let tools: string[];
let spec: ScaledObject;
let namespace: string | undefined;

beforeAll(async () => {
	tools = [...(await loadCatalogue()).keys()].toSorted();
	const scaled = named(await renderOverlay('large'), 'ScaledObject', 'tool-worker');
	spec = scaled.spec as ScaledObject;
	namespace = scaled.metadata.namespace;
});

test('workers are scaled by every tool of the catalogue', () => {
	expect(spec.triggers.map(({ name }) => name).toSorted()).toEqual(tools);
	for (const { name, metadata } of spec.triggers)
		expect(metadata.valueLocation).toContain(`{tool="${name}"}`);
	const inFormula = spec.advanced.scalingModifiers.formula.match(/[a-z_]+/g)?.toSorted();
	expect(inFormula).toEqual(tools);
});

test('what KEDA reads is what jobs shows, where jobs is', async () => {
	const backlog = showBacklog(tools, async () => []);
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
