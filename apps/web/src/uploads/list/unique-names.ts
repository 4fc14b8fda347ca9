import { safeName } from '@creatorr/client';

/** Returns unique names that are safe on any system: the second "a.pdf" becomes "a (2).pdf". */
export function uniqueNames(names: readonly string[]): string[] {
	const taken = new Set<string>();
	return names.map(safeName).map((name) => {
		const free = freeName(name, taken);
		taken.add(free.toLowerCase());
		return free;
	});
}

function freeName(name: string, taken: ReadonlySet<string>): string {
	const dot = name.lastIndexOf('.');
	const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
	for (let number = 1; ; number += 1) {
		const candidate = number === 1 ? name : `${stem} (${number})${extension}`;
		if (!taken.has(candidate.toLowerCase())) return candidate;
	}
}
