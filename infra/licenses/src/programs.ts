import { BUBBLEWRAP, type Program } from '@creatorr/tool-kit/tool/programs';
import { loadCatalog } from '@creatorr/tools/catalog';

/** A tool that uses programs, as far as their purpose is described with it. */
interface User {
	title: string;
	programs: readonly Program[];
}

/** The programs of all tools, each once, by name; the purpose starts with the tools that use it. */
export function programsOf(tools: readonly User[]): Program[] {
	const uses = new Map<string, { program: Program; titles: string[] }>();
	for (const { title, programs } of tools) {
		for (const program of programs) {
			const use = uses.get(program.name) ?? { program, titles: [] };
			use.titles.push(title);
			uses.set(program.name, use);
		}
	}
	return [...uses.values()]
		.map(({ program, titles }) => {
			const isOfAll = tools.length > 1 && titles.length === tools.length;
			const users = isOfAll ? 'all tools' : titles.join(', ');
			return { ...program, purpose: program.purpose ? `${users}: ${program.purpose}` : users };
		})
		.toSorted((one, other) => one.name.localeCompare(other.name, 'en'));
}

/** What a worker runs on users' files. */
export const WORKER_PROGRAMS: readonly Program[] = [
	...programsOf([...(await loadCatalog()).values()]),
	BUBBLEWRAP,
];

/** What else `npm start`, the tests and the bench install. */
export const DEVELOPMENT_PROGRAMS: readonly Program[] = [
	{
		name: 'RabbitMQ',
		license: 'MPL-2.0',
		copyrightText: 'MPL',
		packages: ['rabbitmq-server'],
		purpose: 'the broker of `npm start`',
	},
	{
		name: 'jemalloc',
		license: 'BSD-2-Clause',
		copyrightText: 'BSD-2-Clause',
		packages: ['libjemalloc2'],
		purpose: 'the memory of the services',
	},
	{
		name: 'curl',
		license: 'curl',
		copyrightText: 'curl',
		packages: ['curl'],
		purpose: 'the README’s walkthrough',
	},
	{ name: 'jq', license: 'MIT', copyrightText: 'MIT', packages: ['jq'], purpose: 'the README’s walkthrough' },
	{
		name: 'Ceph’s object gateway',
		license: 'LGPL-2.1-only OR LGPL-3.0-only',
		copyrightText: 'LGPL',
		packages: ['radosgw'],
		purpose: 'tests: a second store',
	},
	{
		name: 'PgBouncer',
		license: 'ISC',
		copyrightText: 'Permission to use, copy, modify, and/or distribute this software for any',
		packages: ['pgbouncer'],
		purpose: 'tests: a pooler before Postgres',
	},
	{
		name: 'Chromium',
		license: 'BSD-3-Clause',
		copyrightText: 'BSD-3-clause',
		packages: ['chromium-headless-shell'],
		purpose: 'tests in a browser',
	},
	{
		name: 'Kustomize',
		license: 'Apache-2.0',
		copyrightText: 'Apache-2.0',
		packages: ['kustomize'],
		purpose: 'tests: Kubernetes',
	},
	{
		name: 'Docker Compose',
		license: 'Apache-2.0',
		copyrightText: 'Apache-2.0',
		packages: ['docker-compose'],
		purpose: 'tests: Compose',
	},
	{
		name: 'ReportLab',
		license: 'BSD-3-Clause',
		copyrightText: 'ReportLab',
		packages: ['python3-reportlab'],
		purpose: 'the bench: makes files',
	},
];

/** What the bench alone installs, to hold ours against. */
export const BENCH_PROGRAMS: readonly Omit<Program, 'copyrightText'>[] = [
	{ name: 'nginx', license: 'BSD-2-Clause', packages: ['nginx'], purpose: 'the bench: another gateway' },
	{ name: 'wrk', license: 'Apache-2.0', packages: ['wrk'], purpose: 'the bench: asks gateways' },
];
