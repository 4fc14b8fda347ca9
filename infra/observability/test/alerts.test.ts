import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { knownSeries, REPOSITORY, seriesOf } from './metrics.ts';

const read = (file: string) => parse(readFileSync(join(import.meta.dirname, '..', file), 'utf8')) as unknown;

const duration = z.string().regex(/^\d+[smhd]$/);
/** The part of Prometheus' schema of rules that we use. Other fields are errors. */
const rulesSchema = z.strictObject({
	groups: z.array(
		z.strictObject({
			name: z.string().min(1),
			rules: z.array(
				z.strictObject({
					alert: z.string().regex(/^[A-Z]\w+$/),
					expr: z.string().min(1),
					for: duration.optional(),
					labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
					annotations: z.strictObject({ summary: z.string().min(1), runbook: z.string() }),
				}),
			),
		}),
	),
});
const configurationSchema = z.strictObject({
	global: z.strictObject({ scrape_interval: duration, evaluation_interval: duration }),
	rule_files: z.array(z.string()),
	scrape_configs: z.array(
		z.union([
			z.strictObject({
				job_name: z.string(),
				static_configs: z.array(z.strictObject({ targets: z.array(z.string().regex(/^[\w-]+:\d+$/)) })),
			}),
			z.strictObject({
				job_name: z.string(),
				dns_sd_configs: z.array(
					z.strictObject({ names: z.array(z.string()), type: z.literal('A'), port: z.int() }),
				),
			}),
		]),
	),
});

const rules = rulesSchema.parse(read('alerts.yml')).groups.flatMap((group) => group.rules);

test.each(rules.map((rule) => [rule.alert, rule] as const))('%s uses only existing series', (_, rule) => {
	const known = knownSeries();
	const asked = seriesOf(rule.expr);
	expect(asked.length).toBeGreaterThan(0);
	expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

test.each(rules.map((rule) => [rule.alert, rule] as const))('%s says what to do', (_, { annotations }) => {
	const [file = ''] = annotations.runbook.split('#');
	expect(existsSync(join(REPOSITORY, file))).toBe(true);
});

test('no two alerts have one name', () => {
	const names = rules.map((rule) => rule.alert);
	expect(new Set(names).size).toBe(names.length);
});

test('the example scrapes every service under the name that alerts and dashboards use', () => {
	const { scrape_configs: scraped, rule_files: files } = configurationSchema.parse(read('prometheus.yml'));
	expect(files).toEqual(['alerts.yml']);
	expect(scraped.map((one) => one.job_name)).toEqual(
		expect.arrayContaining(['gateway', 'auth', 'files', 'jobs', 'billing', 'webhooks', 'tool-worker']),
	);
});
