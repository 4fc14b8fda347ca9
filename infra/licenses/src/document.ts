import type { Program } from '@creatorr/tool-kit/tool/programs';
import { BENCH_PROGRAMS, DEVELOPMENT_PROGRAMS, WORKER_PROGRAMS } from './programs.ts';

/** Of what images, the web app and the command line may contain: nothing that would put our own code under another license. */
export const ALLOWED_LICENSES = [
	...[
		'MIT',
		'MIT-0',
		'ISC',
		'0BSD',
		'BSD-2-Clause',
		'BSD-3-Clause',
		'Apache-2.0',
		'BlueOak-1.0.0',
		'Unlicense',
	],
	...['CC0-1.0', 'CC-BY-4.0', 'OFL-1.1', 'Python-2.0', 'MPL-2.0', 'EPL-2.0'],
];

/** Packages under other licenses that only check the text of this repository; no image, web app or command line contains them. */
export const LINT_ONLY_PACKAGES = [
	'@azu/style-format',
	'@cspell/dict-django',
	'@cspell/dict-en-common-misspellings',
	'spdx-exceptions',
];

const INTRODUCTION = `# Licenses

creatorr is under the [MIT license](../LICENSE). This page lists the programs it runs and the libraries it contains. It is generated:
\`node infra/licenses/src/write.ts\` writes it from \`pnpm-lock.yaml\`, the tools' manifests and a list of other programs, and a test fails when it is
out of date. \`npm run sbom\` writes a CycloneDX document with versions, checksums and the dependencies of Debian packages.

## Programs

The tools run programs from Debian packages, each in its own process in the sandbox. None of their code is linked into ours or copied into
this repository. The libraries that our Python programs import (pikepdf, Pillow, NumPy, fontTools, tesserocr, UNO) run in such a process too.

**Ghostscript is under the AGPL.** OCRmyPDF runs it, unmodified, for OCR only. If you modify it and let others use the product over a network, you must
offer them the modified source. If you distribute the workers' image, you distribute Ghostscript and must provide its source, which Debian has. Without
it, workers take no OCR jobs; other tools work. MuPDF, also under the AGPL, is not used ([ADR 14](adr/0014-one-pdf-optimizer.md)).
`;

function programTable(programs: readonly Omit<Program, 'copyrightText'>[]): string {
	const rows = programs.map(({ name, license, packages, purpose }) => {
		return `| ${name} | ${license} | ${purpose} | ${packages.map((one) => `\`${one}\``).join(', ')} |`;
	});
	return ['| program | license | used for | Debian packages |', '| --- | --- | --- | --- |', ...rows].join(
		'\n',
	);
}

function libraryTable(licenses: ReadonlyMap<string, string>): string {
	const byLicense = Map.groupBy(licenses, ([, license]) => license);
	const rows = [...byLicense]
		.toSorted(([one, some], [other, others]) => others.length - some.length || (one < other ? -1 : 1))
		.map(([license, entries]) => {
			const names = entries.map(([name]) => name).sort();
			return `| ${license} | ${names.length} | ${names.join(', ')} |`;
		});
	return ['| license | packages | names |', '| --- | --- | --- |', ...rows].join('\n');
}

/** docs/licenses.md, of these libraries. */
export function licensesDocument(licenses: ReadonlyMap<string, string>): string {
	return `${INTRODUCTION}
${programTable(WORKER_PROGRAMS)}

For \`npm start\`, tests and benchmarks:

${programTable([...DEVELOPMENT_PROGRAMS, ...BENCH_PROGRAMS])}

Compose and Kubernetes also run the images of Postgres, RabbitMQ and the store that you choose.

## Libraries

All packages in \`pnpm-lock.yaml\`, including those for building and testing. Images contain only what the services need. Platform-specific parts of a
package have the license of that package.

${libraryTable(licenses)}
`;
}
