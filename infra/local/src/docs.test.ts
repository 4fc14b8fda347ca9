import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { REPOSITORY } from './settings/settings.ts';

const textOf = (file: string) => readFileSync(join(REPOSITORY, file), 'utf8');
const filesOf = (...patterns: string[]) =>
	globSync(patterns, { cwd: REPOSITORY, exclude: ['**/node_modules/**', '**/generated/**', '**/*.test.ts'] });
const matchesOf = (text: string, pattern: RegExp) =>
	[...text.matchAll(pattern)].map(([, match = '']) => match);

const PAGES = filesOf(
	...[
		'*.md',
		'docs/**/*.md',
		'{apps,packages,infra}/*/README.md',
		'apps/*/src/*/README.md',
		'qa/**/README.md',
	],
);
/** Pages about this version. */
const CURRENT = PAGES.filter((page) => page !== 'CHANGELOG.md');
const METRICS = matchesOf(textOf('docs/observability.md'), /^\|[^|]+\| `(creatorr_\w+)` /gm);

/** Returns what the pattern finds in pages and `isKnown` rejects, with the page. */
function unknownIn(
	pages: string[],
	pattern: RegExp,
	isKnown: (match: string, page: string) => boolean,
): string[] {
	return pages.flatMap((page) =>
		matchesOf(textOf(page), pattern)
			.filter((match) => !isKnown(match, page))
			.map((match) => `${page}: ${match}`),
	);
}

/** Returns the anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
	const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '');
	return words.trim().replaceAll(' ', '-');
}

/** Returns whether a relative link of a page leads to a file and, if it names one, to a heading of it. */
function leadsSomewhere(link: string, page: string): boolean {
	const [path = '', anchor] = link.split('#');
	const file = path === '' ? page : join(dirname(page), path);
	if (!existsSync(join(REPOSITORY, file))) return false;
	if (anchor === undefined) return true;
	const prose = textOf(file).replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
	return matchesOf(prose, /^#+ (.*)$/gm)
		.map(anchorOf)
		.includes(anchor);
}

describe('the documentation', () => {
	test('has no broken links', () => {
		expect(PAGES.length).toBeGreaterThan(50);
		const isExternal = (link: string) => /^[a-z]+:/.test(link);
		const broken = unknownIn(
			PAGES,
			/\]\(([^)\s]+)\)/g,
			(link, page) => isExternal(link) || leadsSomewhere(link, page),
		);
		expect(broken).toEqual([]);
	});

	test('names only npm scripts that exist', () => {
		const manifests = filesOf('{.,apps/*,packages/*,infra/*,qa}/package.json').map(textOf);
		const scripts = manifests.flatMap((text) => Object.keys(JSON.parse(text).scripts ?? {}));
		const pattern = /npm run (?:--silent )?([a-z][a-z:-]*)/g;
		expect(unknownIn(CURRENT, pattern, (script) => scripts.includes(script))).toEqual([]);
	});

	test('names only metrics that are documented', () => {
		const pattern = /`(creatorr_[a-z_]*[a-z])(?:\{[^}]*\})?`/g;
		expect(unknownIn(CURRENT, pattern, (name) => METRICS.includes(name))).toEqual([]);
	});

	test('lists every metric once', () => {
		expect(METRICS.length).toBeGreaterThan(40);
		expect(METRICS).toEqual([...new Set(METRICS)]);
	});

	test('names only log events and messages that exist', () => {
		const code = filesOf('{apps,packages}/*/src/**/*.ts').map(textOf).join('\n');
		const pages = PAGES.filter((page) => page.startsWith('docs/runbooks/'));
		const pattern = /[`"]([a-z_]+\.(?!(?:md|ts|js|py|json|yml|env|yaml)[`"])[a-z_]+)[`"]/g;
		const exists = (name: string) =>
			code.includes(`'${name}'`) ||
			(name.endsWith('.failed') && code.includes(`name: '${name.slice(0, -'.failed'.length)}'`));
		expect(unknownIn(pages, pattern, () => false).length).toBeGreaterThan(20);
		expect(unknownIn(pages, pattern, exists)).toEqual([]);
	});

	test('explains every warning and error of the log in a runbook', () => {
		const code = filesOf('{apps,packages}/*/src/**/*.ts').map(textOf).join('\n');
		const runbooks = filesOf('docs/runbooks/*.md').map(textOf).join('\n');
		const events = [...new Set(matchesOf(code, /\.(?:warn|error)\(\s*'([a-z_]+\.[a-z_]+)'/g))];
		expect(events.length).toBeGreaterThan(50);
		expect(events.filter((event) => !runbooks.includes(event))).toEqual([]);
	});

	test('lists every alert beside its runbook', () => {
		const [, ...alerts] = textOf('infra/observability/alerts.yml').split(/^ +- alert: /m);
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
