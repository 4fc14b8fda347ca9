import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { type DebianPackage, installedClosure } from './debian.ts';
import { type Library, REPOSITORY, readLibraries, readLibraryLicenses } from './libraries.ts';
import { WORKER_PROGRAMS } from './programs.ts';

const { Bom, Component, LicenseExpression } = Models;

/** As package URLs write it. */
function encode(part: string): string {
	return encodeURIComponent(part).replaceAll('%2F', '/').replaceAll('%3A', ':');
}

function libraryComponent(
	{ name, version, integrity }: Library,
	license: string | undefined,
): Models.Component {
	const component = new Component(Enums.ComponentType.Library, name, {
		version,
		bomRef: `${name}@${version}`,
		purl: `pkg:npm/${encode(name)}@${encode(version)}`,
	});
	const [algorithm, sum = ''] = integrity.split('-');
	if (algorithm === 'sha512')
		component.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(sum, 'base64').toString('hex'));
	if (license !== undefined) component.licenses.add(new LicenseExpression(license));
	return component;
}

const DEBIAN_LICENSES = new Map(
	WORKER_PROGRAMS.flatMap(({ packages, license }) =>
		packages.map((name): [string, string] => [name, license]),
	),
);

function debianComponent({ name, version, architecture }: DebianPackage): Models.Component {
	const component = new Component(Enums.ComponentType.Application, name, {
		version,
		bomRef: `deb:${name}`,
		purl: `pkg:deb/debian/${encode(name)}@${encode(version)}?arch=${architecture}`,
	});
	const license = DEBIAN_LICENSES.get(name);
	if (license !== undefined) component.licenses.add(new LicenseExpression(license));
	return component;
}

/**
 * All npm packages that the lockfile pins, and all Debian packages that workers run or these need, as they are installed
 * here, with their dependencies, as a CycloneDX document in JSON.
 */
export async function billOfMaterials(madeAt: Date): Promise<string> {
	const { name, license } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
	const product = new Component(Enums.ComponentType.Application, name, { bomRef: name });
	product.licenses.add(new LicenseExpression(license));
	const bom = new Bom();
	bom.metadata.component = product;
	bom.metadata.timestamp = madeAt;

	const [libraries, licenses] = [readLibraries(), await readLibraryLicenses()];
	const programs = await installedClosure(WORKER_PROGRAMS.flatMap(({ packages }) => packages));
	const parts = [
		...libraries.map((library) => ({
			id: `${library.name}@${library.version}`,
			component: libraryComponent(library, licenses.get(library.name)),
			dependencies: library.dependencies,
		})),
		...programs.map((program) => ({
			id: `deb:${program.name}`,
			component: debianComponent(program),
			dependencies: program.dependencies.map((name) => `deb:${name}`),
		})),
	];
	const byId = new Map(parts.map((part) => [part.id, part.component]));
	for (const { component, dependencies } of parts) {
		bom.components.add(component);
		product.dependencies.add(component.bomRef);
		for (const id of dependencies) {
			const other = byId.get(id);
			if (other !== undefined) component.dependencies.add(other.bomRef);
		}
	}
	const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
	return serializer.serialize(bom, { sortLists: true, space: '\t' });
}
