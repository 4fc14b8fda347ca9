import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A package that is installed here. */
export interface DebianPackage {
	name: string;
	version: string;
	architecture: string;
	/** Names of the installed packages that it depends on. */
	dependencies: string[];
}

const FIELDS = ['Package', 'Version', 'Architecture', 'Depends', 'Pre-Depends', 'Provides'];

/** The names in a list such as `a (>= 1), b | c:any`; alternatives one after the other. */
function namesIn(list: string): string[] {
	return list
		.split(/[,|]/)
		.map((entry) => entry.trim().replace(/[ :(].*$/, ''))
		.filter(Boolean);
}

/** Returns these packages and all that they depend on, as installed here. */
export async function installedClosure(wanted: readonly string[]): Promise<DebianPackage[]> {
	const format = `--showformat=${FIELDS.map((field) => `\${${field}}`).join('\\t')}\\n`;
	const { stdout } = await promisify(execFile)('dpkg-query', ['--show', format], {
		maxBuffer: 64 * 1024 ** 2,
	});
	const records = stdout
		.split('\n')
		.filter(Boolean)
		.map((line) => line.split('\t'));
	const providers = new Map<string, string>();
	for (const [name = '', , , , , provides = ''] of records) {
		providers.set(name, name);
		for (const other of namesIn(provides)) if (!providers.has(other)) providers.set(other, name);
	}
	const packages = new Map(
		records.map(([name = '', version = '', architecture = '', depends = '', preDepends = '']) => {
			const found = namesIn(`${depends},${preDepends}`).flatMap((one) => providers.get(one) ?? []);
			return [name, { name, version, architecture, dependencies: [...new Set(found)].sort() }];
		}),
	);
	const reached = new Map<string, DebianPackage>();
	const waiting = [...wanted];
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		const found = packages.get(providers.get(name) ?? name);
		if (found === undefined || reached.has(found.name)) continue;
		reached.set(found.name, found);
		waiting.push(...found.dependencies);
	}
	return [...reached.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}
