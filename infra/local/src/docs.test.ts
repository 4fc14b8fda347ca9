import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { REPOSITORY } from './stack/settings.ts';

const PAGES = globSync(
	['*.md', 'docs/**/*.md', '{apps,packages,infra}/*/README.md', 'apps/*/src/*/README.md', 'qa/**/README.md'],
	{ cwd: REPOSITORY, exclude: ['**/node_modules/**'] },
);
const textOf = (file: string) => readFileSync(join(REPOSITORY, file), 'utf8');
const matchesOf = (text: string, pattern: RegExp) =>
	[...text.matchAll(pattern)].map(([, match = '']) => match);

/** Returns the anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
	const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '');
	return words.trim().replaceAll(' ', '-');
}

function anchorsOf(file: string): string[] {
	const prose = textOf(file).replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
	return matchesOf(prose, /^#+ (.*)$/gm).map(anchorOf);
}

/** Returns whether a relative link of a page leads to a file and, if it names one, to a heading of it. */
function leadsSomewhere(page: string, link: string): boolean {
	const [path = '', anchor] = link.split('#');
	const file = path === '' ? page : join(dirname(page), path);
	if (!existsSync(join(REPOSITORY, file))) return false;
	return anchor === undefined || anchorsOf(file).includes(anchor);
}

describe('the documentation', () => {
	test('has no broken links', () => {
		expect(PAGES.length).toBeGreaterThan(50);
		const broken = PAGES.flatMap((page) =>
			matchesOf(textOf(page), /\]\(([^)\s]+)\)/g)
				.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(page, link))
				.map((link) => `${page}: ${link}`),
		);
		expect(broken).toEqual([]);
	});

	test('names only npm scripts that exist', () => {
		const scripts = new Set(
			globSync('{.,apps/*,packages/*,infra/*,qa}/package.json', { cwd: REPOSITORY }).flatMap((file) =>
				Object.keys((JSON.parse(textOf(file)) as { scripts?: object }).scripts ?? {}),
			),
		);
		const unknown = PAGES.filter((page) => page !== 'CHANGELOG.md').flatMap((page) =>
			matchesOf(textOf(page), /npm run (?:--silent )?([a-z][a-z:-]*)/g)
				.filter((script) => !scripts.has(script))
				.map((script) => `${page}: ${script}`),
		);
		expect(unknown).toEqual([]);
	});

	test('names only metrics that are documented', () => {
		const documented = new Set(matchesOf(textOf('docs/observability.md'), /^\|[^|]+\| `(creatorr_\w+)` /gm));
		const unknown = PAGES.filter((page) => page !== 'CHANGELOG.md').flatMap((page) =>
			matchesOf(textOf(page), /`(creatorr_[a-z_]*[a-z])(?:\{[^}]*\})?`/g)
				.filter((name) => !documented.has(name))
				.map((name) => `${page}: ${name}`),
		);
		expect(unknown).toEqual([]);
	});

	test('lists every metric once', () => {
		const names = matchesOf(textOf('docs/observability.md'), /^\|[^|]+\| `(creatorr_\w+)` /gm);
		expect(names.length).toBeGreaterThan(40);
		expect(names).toEqual([...new Set(names)]);
	});

	test('names only log events and messages that exist', () => {
		const code = globSync('{apps,packages}/*/src/**/*.ts', {
			cwd: REPOSITORY,
			exclude: ['**/node_modules/**', '**/generated/**', '**/*.test.ts'],
		})
			.map(textOf)
			.join('\n');
		const exists = (name: string) =>
			code.includes(`'${name}'`) ||
			(name.endsWith('.failed') && code.includes(`name: '${name.slice(0, -'.failed'.length)}'`));
		const named = PAGES.filter((page) => page.startsWith('docs/runbooks/')).flatMap((page) =>
			matchesOf(textOf(page), /[`"]([a-z_]+\.[a-z_]+)[`"]/g)
				.filter((name) => !/\.(md|ts|js|py|json|yml|env|yaml)$/.test(name))
				.map((name) => ({ page, name })),
		);
		expect(named.length).toBeGreaterThan(20);
		expect(named.filter(({ name }) => !exists(name))).toEqual([]);
	});

	test('lists every alert beside its runbook', () => {
		const alerts = textOf('infra/observability/alerts.yml')
			.split(/^ +- alert: /m)
			.slice(1);
		const rows = textOf('docs/runbooks/README.md').split('\n');
		const missing = alerts.filter((alert) => {
			const [name = ''] = alert.split('\n');
			const [runbook = ''] = matchesOf(alert, /runbook: docs\/runbooks\/(\S+)/g);
			return !rows.some((row) => row.includes(`\`${name}\``) && row.includes(`](${runbook})`));
		});
		expect(alerts.length).toBeGreaterThan(20);
		expect(missing).toEqual([]);
	});
});
