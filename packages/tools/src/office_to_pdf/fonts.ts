import type { Probe } from '@creatorr/tool-kit/tool/tool';
import { toolFailed } from '../command-failure.ts';

/** Returns the font families that are installed on this machine. */
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

// Metric-compatible fonts: characters have the same widths, so that lines and pages break in the same places.
const SAME_WIDTHS: Readonly<Record<string, string>> = {
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

const NAMES = new Intl.ListFormat('en');

/** Returns warnings about fonts that the document uses and that are not installed. */
export function fontWarnings(missing: readonly string[]): string[] {
	const alike = missing.filter((name) => name.toLowerCase() in SAME_WIDTHS);
	const others = missing.filter((name) => !alike.includes(name));
	const pairs = alike.map((name) => `${name} → ${SAME_WIDTHS[name.toLowerCase()]}`);
	return [
		...(others.length > 0 ? [`font_substituted: ${unavailable(others)}`] : []),
		...(pairs.length > 0
			? [
					`font_substituted: These fonts aren’t available and were replaced by others of the same width, so lines break in the same places: ${pairs.join(', ')}.`,
				]
			: []),
	];
}

function unavailable(fonts: readonly string[]): string {
	const isOne = fonts.length === 1;
	const replacement = isOne ? 'a similar font was used' : 'similar fonts were used';
	const advice = `To keep ${isOne ? 'the font' : 'the fonts'}, choose “Embed fonts” in your program’s save options, save the document, and convert it again.`;
	return `We don’t have ${NAMES.format(fonts)}, so ${replacement}, and lines may break elsewhere. ${advice}`;
}
