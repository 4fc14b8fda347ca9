type Names = readonly (readonly [RegExp, string])[];

/** In this order: most browsers name others too. */
const PROGRAMS: Names = [
	[/\bEdgA?\//, 'Edge'],
	[/\bOPR\//, 'Opera'],
	[/\b(Firefox|FxiOS)\//, 'Firefox'],
	[/\b(Chrome|CriOS)\//, 'Chrome'],
	[/\bSafari\//, 'Safari'],
	[/^curl\//, 'curl'],
	[/^creatorr-cli\b/, 'the creatorr command line'],
];

const SYSTEMS: Names = [
	[/\biPhone\b/, 'iPhone'],
	[/\biPad\b/, 'iPad'],
	[/\bAndroid\b/, 'Android'],
	[/\bWindows\b/, 'Windows'],
	[/\bMac OS X\b/, 'Mac'],
	[/\bLinux\b/, 'Linux'],
];

const nameIn = (names: Names, text: string) => names.find(([pattern]) => pattern.test(text))?.[1];

/** "Firefox on Linux". Never holds any text of the header, which whoever sends it can choose. */
export function describeUserAgent(userAgent: string | null): string {
	const program = nameIn(PROGRAMS, userAgent ?? '');
	const system = nameIn(SYSTEMS, userAgent ?? '');
	if (program && system) return `${program} on ${system}`;
	return program ?? system ?? 'unknown';
}
