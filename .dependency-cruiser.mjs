/** Defines which modules may import which. docs/architecture.md gives the reasons. */
import { FEATURE_ENTRIES } from './scripts/feature-entries.mjs';

/** The only folder that imports a driver, by driver. */
const DRIVER_HOMES = {
	express: '^packages/service/src/(http|metrics)/',
	amqplib: '^packages/messaging/src/',
	'@aws-sdk|@smithy': '^packages/storage/src/',
	'pg|@prisma': '^packages/database/src/',
	stripe: '^apps/billing/src/stripe/',
	undici: '^packages/outbound/src/',
};

const NOT_PRODUCT = '\\.test\\.tsx?$|/testing/';

/** Patterns of the files that other features may import, by the pattern of their feature's folder. */
const entriesByFeature = Object.entries(FEATURE_ENTRIES).flatMap(([app, features]) =>
	Object.entries(features).map(([feature, entries]) => {
		const folder = `^${app}/src/${feature}/`;
		return [folder, `${folder}(${entries.join('|').replaceAll('.', '\\.')})\\.tsx?$`];
	}),
);

/** For each feature, the patterns of its folder and of those of the features below it in the list. */
const lowerFeatures = Object.entries(FEATURE_ENTRIES).flatMap(([app, features]) => {
	const folders = Object.keys(features).map((feature) => `^${app}/src/${feature}/`);
	return folders.map((folder, index) => [folder, folders.slice(index + 1)]);
});

export default {
	forbidden: [
		{ name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
		{
			name: 'apps-import-no-apps',
			severity: 'error',
			from: { path: '^apps/([^/]+)/' },
			to: { path: '^apps/', pathNot: '^apps/$1/' },
		},
		{
			name: 'the-web-app-is-a-client',
			comment: 'it uses nothing that another client of the API can’t; the rating of passwords is zxcvbn’s',
			severity: 'error',
			from: { path: '^apps/web/' },
			to: { path: '^(packages|infra)/', pathNot: '^packages/(client|password-strength|config-[^/]+)/' },
		},
		{
			name: 'the-client-stands-alone',
			comment: 'it is published; only its generator reads the contracts',
			severity: 'error',
			from: { path: '^packages/(client|cli)/(src|bin)/' },
			to: { path: '^packages/', pathNot: '^packages/(client|cli)/' },
		},
		{
			name: 'packages-import-no-apps',
			severity: 'error',
			from: { path: '^packages/' },
			to: { path: '^(apps|infra)/' },
		},
		{
			name: 'bench-measures-packages',
			severity: 'error',
			from: { path: '^qa/bench/' },
			to: { path: '^(apps|infra)/|^qa/(?!bench/|driver/)' },
		},
		{
			name: 'hostile-files-test-the-tools',
			severity: 'error',
			from: { path: '^qa/hostile/' },
			to: { path: '^(apps|infra)/|^qa/(?!hostile/|driver/)' },
		},
		{
			name: 'nobody-needs-the-bench',
			severity: 'error',
			from: { pathNot: '^qa/bench/' },
			to: { path: '^qa/bench/' },
		},
		{
			name: 'qa-is-black-box',
			comment: 'what makes documents, or chooses cases, is no part of the product',
			severity: 'error',
			from: {
				path: '^qa/',
				pathNot: '^qa/(bench|hostile)/|^qa/acceptance/(client|cli|webhooks)\\.test\\.ts$',
			},
			to: {
				path: '^(apps|packages|infra)/',
				pathNot: '^packages/(config-|testing/src/slice\\.ts$|tools/src/testing/builders/pdf\\.ts$)',
			},
		},
		{
			name: 'acceptance-tries-the-client',
			comment: 'it is what people use the black box with, and tried from outside as they do',
			severity: 'error',
			from: { path: '^qa/acceptance/(client|cli|webhooks)\\.test\\.ts$' },
			to: { path: '^(apps|packages|infra)/', pathNot: '^packages/(client/|config-|testing/)' },
		},
		{
			name: 'features-through-their-entry',
			comment:
				'other features import only the files that scripts/feature-entries.mjs lists; ui and forms of the web app are shared controls',
			severity: 'error',
			from: { path: '^apps/([^/]+)/src/([^/]+)/', pathNot: NOT_PRODUCT },
			to: {
				path: '^apps/$1/src/[^/]+/',
				pathNot: [
					'^apps/$1/src/($2|generated|testing)/',
					'^apps/web/src/(ui|forms)/',
					...entriesByFeature.map(([, entries]) => entries),
				],
			},
		},
		...entriesByFeature.map(([folder, entries]) => ({
			name: 'entries-are-imported',
			comment: 'no other feature imports this file: remove it from scripts/feature-entries.mjs',
			severity: 'error',
			module: { path: entries, numberOfDependentsLessThan: 1 },
			from: { path: `${folder.replace(/[^/]+\/$/, '')}[^/]+/`, pathNot: `${folder}|${NOT_PRODUCT}` },
		})),
		...lowerFeatures
			.filter(([, lower]) => lower.length > 0)
			.map(([folder, lower]) => ({
				name: 'no-feature-cycles',
				comment:
					'a feature imports only features above it in scripts/feature-entries.mjs, so that no two depend on each other',
				severity: 'error',
				from: { path: folder, pathNot: NOT_PRODUCT },
				to: { path: lower },
			})),
		{
			name: 'only-sql-files-query-prisma',
			comment: 'the SQL of a feature is in its *.sql.ts files; a service opens the client',
			severity: 'error',
			from: {
				path: '^apps/[^/]+/src/',
				pathNot: `/src/generated/|/src/service\\.ts$|\\.sql\\.ts$|${NOT_PRODUCT}`,
			},
			to: { path: '/src/generated/' },
		},
		...Object.entries(DRIVER_HOMES).map(([driver, home]) => ({
			name: 'drivers-have-one-home',
			comment:
				'rules are plain functions: they call functions of the package, or folder, that wraps the driver',
			severity: 'error',
			from: {
				path: '^(apps|packages)/',
				pathNot: `${home}|/src/generated/|^packages/testing/|${NOT_PRODUCT}`,
			},
			to: { path: `node_modules/(${driver})/` },
		})),
		{
			name: 'urls-of-users-through-outbound',
			comment: 'packages/outbound checks the address that it connects to; biome.json forbids fetch',
			severity: 'error',
			from: { path: '^apps/webhooks/src/', pathNot: NOT_PRODUCT },
			to: { path: '^(node:)?(http|https|http2|net|tls|dns|dgram)(/|$)' },
		},
		{
			name: 'tools-know-no-services',
			comment: 'a run gets files on disk: it knows no store, no queue and no database',
			severity: 'error',
			from: { path: '^packages/(tools|tool-kit)/' },
			to: { path: '^packages/(messaging|storage|database|service)/' },
		},
		{
			name: 'loops-are-tasks',
			comment:
				'work that repeats is a defineTask, which packages/service runs and stops. Exceptions sleep once within a call: a delayed refusal, pauses between tries',
			severity: 'error',
			from: {
				path: '^apps/[^/]+/src/',
				pathNot: [
					`^apps/web/|${NOT_PRODUCT}`,
					'^apps/auth/src/(password-check/delay-refusal|gateway-leases/propagate-changes)\\.ts$',
					'^apps/files/src/reconcile/reconcile\\.ts$',
					'^apps/gateway/src/authentication/(lease-renewer|signing-key-set)\\.ts$',
					'^apps/tool-worker/src/transfer/retry\\.ts$',
				],
			},
			to: { path: '^(node:)?timers' },
		},
		{
			name: 'catalog-only-outside-the-worker',
			comment: 'manifests are for everyone, runs are for the worker',
			severity: 'error',
			from: { path: '^apps/', pathNot: '^apps/tool-worker/' },
			to: { path: '^packages/tools/src/', pathNot: '^packages/tools/src/catalog\\.ts$' },
		},
		{
			name: 'manifests-import-zod-and-tool-kit',
			severity: 'error',
			from: { path: '/manifest\\.ts$', pathNot: '^packages/tool-kit/' },
			to: { pathNot: '(^packages/tool-kit/|node_modules/zod/)' },
		},
		{
			name: 'one-place-knows-the-tracing-sdk',
			comment: 'everywhere else a span costs nothing while nobody keeps traces',
			severity: 'error',
			from: { pathNot: '^packages/telemetry/src/sdk\\.ts$' },
			to: { path: 'node_modules/@opentelemetry/', pathNot: 'node_modules/@opentelemetry/api/' },
		},
		{
			name: 'no-test-code-in-products',
			severity: 'error',
			from: {
				path: '/src/',
				pathNot: '\\.test\\.ts$|/src/testing/|/fixtures/|^packages/(testing|config-jest)/',
			},
			to: { path: '^packages/testing/|/src/testing/' },
		},
		{
			name: 'not-to-unresolvable',
			severity: 'error',
			from: {},
			to: { couldNotResolve: true, pathNot: '/generated/' },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules|/generated/' },
		exclude: { path: '/dist/|/node_modules/\\.bin' },
		tsPreCompilationDeps: true,
		parser: 'swc',
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['import', 'node', 'default'],
			extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
		},
	},
};
