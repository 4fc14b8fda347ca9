import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { beforeAll, expect, test } from '@jest/globals';
import { PACKAGES_TO_PROCESS } from '../../local/src/machine/debian-packages.ts';
import { billOfMaterials } from '../src/bill-of-materials.ts';
import { readLibraries } from '../src/libraries.ts';

interface Component {
	name: string;
	version: string;
	purl: string;
	'bom-ref': string;
	hashes?: { alg: string; content: string }[];
	licenses?: { expression?: string }[];
}

let text: string;
let bom: { components: Component[]; dependencies: { ref: string; dependsOn?: string[] }[] };
beforeAll(async () => {
	text = await billOfMaterials(new Date(0));
	bom = JSON.parse(text);
});

test('it is a CycloneDX document', async () => {
	const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
	expect(await validator.validate(text)).toBeNull();
});

test('it has every library that the lockfile pins, with its checksum', () => {
	const named = new Map(bom.components.map((component) => [component['bom-ref'], component]));
	for (const { name, version } of readLibraries()) {
		const component = named.get(`${name}@${version}`);
		expect(component?.purl.startsWith('pkg:npm/')).toBe(true);
		expect(component?.hashes?.[0]?.content).toMatch(/^[0-9a-f]{128}$/);
	}
});

test('it has every program that workers run, with its dependencies', () => {
	const debian = bom.components.filter(({ purl }) => purl.startsWith('pkg:deb/'));
	const names = debian.map(({ name }) => name);
	expect(names).toEqual(expect.arrayContaining(PACKAGES_TO_PROCESS));
	expect(names).toEqual(expect.arrayContaining(['libc6', 'libtesseract5', 'libgs10']));
	const ghostscript = debian.find(({ name }) => name === 'ghostscript');
	expect(ghostscript?.licenses).toEqual([{ expression: 'AGPL-3.0-or-later' }]);
	const needs = bom.dependencies.find(({ ref }) => ref === 'deb:ghostscript')?.dependsOn;
	expect(needs).toContain('deb:libgs10');
});
