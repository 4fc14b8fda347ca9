/**
 * Lint: no product code names a tool. A tool is one folder, packages/tools/src/<slug>, and everything else reads manifests.
 * Tests may run a tool as an example, but no list outside of the tools' folders names all of them: it would miss a new one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOOLS = 'packages/tools/src';

/** Tests, and programs that test or measure a running product. */
const TEST_CODE = [
	/\.test\.tsx?$/,
	/(^|\/)(test|testing|fixtures)\//,
	/^qa\//,
	/^infra\/docker\/src\/one-job\.ts$/,
];

/** Documents and what is generated of manifests, which may name tools in any way. */
const NOT_CODE = [
	/\.md$/,
	/^docs\//,
	/\/migrations\//,
	/^apps\/web\/src\/docs\//,
	/^infra\/kubernetes\/components\/keda\/tool-worker\.yaml$/,
	/^packages\/contracts\/test\/openapi-[\d.]+\.json$/,
];

/** Product code with a good reason. */
const ALLOWED = new Map([
	['packages/contracts/src/jobs.ts', 'an example of a slug in the OpenAPI document'],
	['apps/web/src/params/labels.ts', 'how the word is written in a title'],
]);

const slugs = readdirSync(join(ROOT, TOOLS)).filter((name) =>
	existsSync(join(ROOT, TOOLS, name, 'manifest.ts')),
);
const named = new RegExp(`(?<![\\w.-])(${slugs.join('|')})(?![\\w.-])`, 'g');
const slugLists = new RegExp(`\\[\\s*((['"\`])(${slugs.join('|')})\\2,?\\s*)+\\]`, 'g');

const problems = [];
const used = new Set();
for (const file of listFiles()) {
	if (slugs.some((slug) => file.startsWith(`${TOOLS}/${slug}/`)) || matches(NOT_CODE, file)) continue;
	const text = readFileSync(join(ROOT, file), 'utf8');
	const found = text.match(named);
	if (!found) continue;
	if (matches(TEST_CODE, file)) {
		const lists = text.match(slugLists)?.filter((list) => new Set(list.match(named)).size === slugs.length);
		for (const list of lists ?? []) problems.push(`${file}: a list of all tools: ${list}`);
	} else if (ALLOWED.has(file)) used.add(file);
	else problems.push(`${file}: ${[...new Set(found)].join(', ')}`);
}
for (const file of ALLOWED.keys())
	if (!used.has(file))
		problems.push(`${file}: names no tool any more; take it off the list in scripts/check-tool-slugs.mjs`);

if (problems.length > 0) {
	process.stderr.write(
		`Tools are named outside their folders; read their manifests instead:\n${problems.join('\n')}\n`,
	);
	process.exitCode = 1;
}

function matches(patterns, file) {
	return patterns.some((pattern) => pattern.test(file));
}

function listFiles() {
	const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
	const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 };
	const { status, stdout, stderr } = spawnSync('git', args, options);
	if (status !== 0) throw new Error(`git can't list the files of this repository: ${stderr}`);
	return stdout.split('\0').filter((file) => statSync(join(ROOT, file), { throwIfNoEntry: false })?.isFile());
}
