import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const REPOSITORY = resolve(import.meta.dirname, '../../..');

const DEFINITION = /\b(counter|gauge|histogram)(?:<[^>]*>)?\(\{\s*name: '(creatorr_\w+)'/g;
const HISTOGRAM_SERIES = ['_bucket', '_sum', '_count'];

/** Series of Prometheus, node_exporter, the kubelet and RabbitMQ. */
const OF_OTHERS = [
	...['up', 'node_filesystem_avail_bytes', 'node_filesystem_size_bytes'],
	...['kubelet_volume_stats_available_bytes', 'kubelet_volume_stats_capacity_bytes'],
	...['rabbitmq_disk_space_available_bytes', 'rabbitmq_disk_space_available_limit_bytes'],
];

/** Returns the series that the services export, and those above. */
export function knownSeries(): Set<string> {
	const files = globSync(['apps/*/src/**/*.ts', 'packages/*/src/**/*.ts'], {
		cwd: REPOSITORY,
		exclude: (path) => path.includes('node_modules') || path.endsWith('.test.ts'),
	});
	const series = files.flatMap((file) => {
		const code = readFileSync(join(REPOSITORY, file), 'utf8');
		return [...code.matchAll(DEFINITION)].flatMap(([, kind, name = '']) =>
			kind === 'histogram' ? HISTOGRAM_SERIES.map((suffix) => name + suffix) : [name],
		);
	});
	return new Set([...series, ...OF_OTHERS]);
}

const WORDS_OF_PROMQL = new Set(
	'sum max min avg count absent absent_over_time min_over_time by without rate increase histogram_quantile vector and or unless on ignoring group_left'.split(
		' ',
	),
);

/** Returns the series that an expression reads. */
export function seriesOf(expr: string): string[] {
	const bare = expr
		.replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
		.replaceAll(/\{[^}]*\}/g, ' ')
		.replaceAll(/\[[^\]]*\]|\boffset \d+[smhd]/g, ' ')
		.replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ');
	const names = bare.match(/[a-zA-Z_:][\w:]*/g) ?? [];
	return names.filter((name) => !WORDS_OF_PROMQL.has(name));
}
