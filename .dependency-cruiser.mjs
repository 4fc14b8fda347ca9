/** Who may import whom. The reasons stand in docs/architecture.md. */
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
			name: 'nobody-needs-the-bench',
			severity: 'error',
			from: { pathNot: '^qa/bench/' },
			to: { path: '^qa/bench/' },
		},
		{
			name: 'qa-is-black-box',
			severity: 'error',
			from: { path: '^qa/', pathNot: '^qa/bench/|^qa/acceptance/(client|cli)\\.test\\.ts$' },
			to: { path: '^(apps|packages|infra)/', pathNot: '^packages/config-' },
		},
		{
			name: 'acceptance-tries-the-client',
			comment: 'it is what people use the black box with, and tried from outside as they do',
			severity: 'error',
			from: { path: '^qa/acceptance/(client|cli)\\.test\\.ts$' },
			to: { path: '^(apps|packages|infra)/', pathNot: '^packages/(client/|config-|testing/)' },
		},
		{
			name: 'domain-knows-no-adapters',
			comment: 'rules are plain functions (deps, input)',
			severity: 'error',
			from: { path: '/src/domain/', pathNot: '\\.test\\.ts$' },
			to: {
				path: 'node_modules/(express|@prisma|amqplib|stripe|@aws-sdk|pg)/|/generated/|/src/data/|packages/(messaging|storage|database)/',
			},
		},
		{
			name: 'only-sql-files-query-prisma',
			comment: 'the SQL of a feature is in its *.sql.ts files; a service opens the client',
			severity: 'error',
			from: {
				path: '^apps/[^/]+/src/',
				pathNot:
					'/src/(data/|generated/|testing/|dependencies\\.ts$|service\\.ts$)|\\.sql\\.ts$|\\.test\\.ts$',
			},
			to: { path: '/src/generated/' },
		},
		{
			name: 'packages-wrap-the-drivers',
			comment: 'apps reach databases, brokers and stores through packages; only its own folder knows Stripe',
			severity: 'error',
			from: {
				path: '^apps/[^/]+/src/',
				pathNot: '/src/(generated|testing)/|^apps/billing/src/stripe/|\\.test\\.ts$',
			},
			to: { path: 'node_modules/(express|@prisma|amqplib|stripe|@aws-sdk|pg)/' },
		},
		{
			name: 'loops-are-tasks',
			comment:
				'work that repeats is a defineTask, which the skeleton runs and stops. Exceptions sleep once within a call: a delayed refusal, pauses between tries',
			severity: 'error',
			from: {
				path: '^apps/[^/]+/src/',
				pathNot: [
					'^apps/web/|/src/testing/|\\.test\\.ts$',
					'^apps/auth/src/(password-check/delay-refusal|gateway-leases/settle-revocations)\\.ts$',
					'^apps/files/src/reconcile/reconcile\\.ts$',
					'^apps/gateway/src/sessions/(lease-renewer|key-set)\\.ts$',
					'^apps/tool-worker/src/transfer/retry\\.ts$',
				],
			},
			to: { path: '^(node:)?timers' },
		},
		{
			name: 'catalogue-only-outside-the-worker',
			comment: 'manifests are for everyone, runs are for the worker',
			severity: 'error',
			from: { path: '^apps/', pathNot: '^apps/tool-worker/' },
			to: { path: '^packages/tools/src/', pathNot: '^packages/tools/src/catalogue\\.ts$' },
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
		doNotFollow: { path: 'node_modules' },
		exclude: { path: '/generated/|/dist/|/node_modules/\\.bin' },
		tsPreCompilationDeps: true,
		parser: 'swc',
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['import', 'node', 'default'],
			extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
		},
	},
};
