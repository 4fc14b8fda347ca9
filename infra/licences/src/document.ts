import type { Program } from '@creatorr/tool-kit/tool/programs';
import { AROUND, OF_THE_BENCH, OF_WORKERS } from './programs.ts';

/** Of what images, the web app and the command line may contain: nothing that would put our own code under another licence. */
export const PERMITTED = [
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

const INTRODUCTION = `# Licences

creatorr is under the [MIT licence](../LICENSE). This page names what it is made of and what it runs, by licence; it is written by
\`node infra/licences/src/write.ts\` from \`pnpm-lock.yaml\`, the tools' manifests and a list of what else is installed; a test
fails when it is not up to date. \`npm run sbom\` writes the same with versions and checksums, and all that Debian's packages need
besides, as a CycloneDX document.

## Programs

The tools are programs of others, as Debian packages them, each run in a process of its own, in the sandbox; none of their code
is linked into ours or copied into this repository. What our Python files import (pikepdf, Pillow, NumPy, fontTools, tesserocr,
UNO) runs in such a process too.

**Ghostscript is under the AGPL.** It is run for OCR alone, unchanged, by OCRmyPDF's command. Whoever changes it and lets others use
the product over a network has to offer them the changed source; whoever passes the workers' image on passes Ghostscript on, and
has to give its source along, which Debian has. Without it the worker takes no OCR jobs, and the others as before. MuPDF, which
is under the AGPL too, is not used ([ADR 14](adr/0014-one-optimiser-instead-of-many-commands.md)).
`;

function programTable(programs: readonly Omit<Program, 'copyrightText'>[]): string {
	const rows = programs.map(({ name, license, packages, purpose }) => {
		return `| ${name} | ${license} | ${purpose} | ${packages.map((one) => `\`${one}\``).join(', ')} |`;
	});
	return ['| program | licence | for | Debian packages |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function libraryTable(licences: ReadonlyMap<string, string>): string {
	const byLicence = Map.groupBy(licences, ([, licence]) => licence);
	const rows = [...byLicence]
		.toSorted(([one, some], [other, others]) => others.length - some.length || (one < other ? -1 : 1))
		.map(([licence, entries]) => {
			const names = entries.map(([name]) => name).sort();
			return `| ${licence} | ${names.length} | ${names.join(', ')} |`;
		});
	return ['| licence | how many | which |', '| --- | --- | --- |', ...rows].join('\n');
}

/** docs/licences.md, of these libraries. */
export function licencesDocument(licences: ReadonlyMap<string, string>): string {
	return `${INTRODUCTION}
${programTable(OF_WORKERS)}

Around them, for \`npm start\`, the tests and the bench:

${programTable([...AROUND, ...OF_THE_BENCH])}

Compose and Kubernetes run what you give them: Postgres, RabbitMQ and the store's image come from their makers.

## Libraries

Everything that \`pnpm-lock.yaml\` pins, for building and testing too; images have the part that the services need. Parts that a
package has for one kind of processor are under its licence.

${libraryTable(licences)}
`;
}
