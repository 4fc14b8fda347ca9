import type { Probe } from '@creatorr/tool-kit/tool/tool';
import { toolFailed } from '../command-failure.ts';

/** The font families that documents can be set in on this machine. */
export const capabilities: Probe = async ({ exec }) => {
	const fonts = new Set<string>();
	const result = await exec('fc-list', ['--format=%{family[0]}\\n'], {
		onLine: (line, stream) => {
			if (stream === 'stdout') fonts.add(line);
		},
	});
	if (result.exitCode !== 0) throw toolFailed(result);
	return { fonts: [...fonts].sort() };
};

// Fonts whose characters have the same widths, so that lines and pages break where they would.
const SAME_MEASURES: Readonly<Record<string, string>> = {
	arial: 'Liberation Sans',
	'arial narrow': 'Liberation Sans Narrow',
	helvetica: 'Liberation Sans',
	'times new roman': 'Liberation Serif',
	times: 'Liberation Serif',
	'courier new': 'Liberation Mono',
	courier: 'Liberation Mono',
	calibri: 'Carlito',
	cambria: 'Caladea',
};

/** What to say about fonts that the document asks for and that are not installed. */
export function fontWarnings(missing: readonly string[]): string[] {
	const alike = missing.filter((name) => name.toLowerCase() in SAME_MEASURES);
	const others = missing.filter((name) => !alike.includes(name));
	const pairs = alike.map((name) => `${name} by ${SAME_MEASURES[name.toLowerCase()]}`);
	return [
		...(others.length > 0
			? [
					`font_substituted: not installed and replaced, so that lines may break elsewhere: ${others.join(', ')}`,
				]
			: []),
		...(pairs.length > 0
			? [`font_substituted: replaced by fonts of the same measures: ${pairs.join(', ')}`]
			: []),
	];
}
