import { join } from 'node:path';
import { DEFAULT_JOBS_PER_WORKER, type ToolManifest } from '@creatorr/tool-kit/tool/manifest';

export const SCALED_OBJECT_FILE = join(import.meta.dirname, '../components/keda/tool-worker.yaml');

const FORMULA = /^( +formula: ).*$/m;
const TRIGGERS = '  triggers:\n';

/**
 * Returns the text of the ScaledObject with a trigger and a term of the formula for each tool whose manifest has
 * `jobsPerWorker`. All other tools count through the whole backlog, so that a new one needs no change here.
 */
export function scaledObjectFor(tools: Iterable<ToolManifest>, text: string): string {
	const weights = [...tools].flatMap(({ slug, jobsPerWorker }) =>
		jobsPerWorker === undefined ? [] : [{ slug, jobsPerWorker }],
	);
	const known = weights.map(({ slug, jobsPerWorker }) => `${slug} / ${jobsPerWorker}`);
	const others = ['everything', ...weights.map(({ slug }) => slug)].join(' - ');
	const formula = [...known, `(${others}) / ${DEFAULT_JOBS_PER_WORKER}`].join(' + ');
	const triggers = [
		trigger('everything', 'creatorr_jobs_backlog'),
		...weights.map(({ slug }) => trigger(slug, `creatorr_jobs_unfinished{tool="${slug}"}`)),
	];
	const [policy = ''] = text.replace(FORMULA, `$1"${formula}"`).split(TRIGGERS);
	return `${policy}${TRIGGERS}${triggers.join('')}`;
}

function trigger(name: string, valueLocation: string): string {
	return `    - type: metrics-api
      name: ${name}
      metadata:
        url: http://jobs.creatorr.svc:8081/metrics
        format: prometheus
        valueLocation: ${valueLocation}
        targetValue: "1"
`;
}
