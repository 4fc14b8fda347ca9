/** Order matters: most user agents also name older browsers. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
	[/\bEdgA?\//, 'Edge'],
	[/\bOPR\//, 'Opera'],
	[/\bSamsungBrowser\//, 'Samsung Internet'],
	[/\b(Firefox|FxiOS)\//, 'Firefox'],
	[/\b(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
	[/\bSafari\//, 'Safari'],
	[/^curl\//, 'curl'],
	[/^creatorr-cli\b/, 'creatorr CLI'],
	[/^node\b/i, 'Node.js'],
	[/^python/i, 'Python'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
	[/\biPhone\b/, 'iPhone'],
	[/\biPad\b/, 'iPad'],
	[/\bAndroid\b/, 'Android'],
	[/\bWindows\b/, 'Windows'],
	[/\bMac OS X\b/, 'Mac'],
	[/\bCrOS\b/, 'ChromeOS'],
	[/\bLinux\b/, 'Linux'],
];

function firstOf(table: typeof PROGRAMS, text: string): string | undefined {
	return table.find(([pattern]) => pattern.test(text))?.[1];
}

/** Describes a user agent: "Firefox on Windows". Clients can send any user agent, so it proves nothing. */
export function describeUserAgent(userAgent: string | null): string {
	if (!userAgent) return 'Unknown device';
	const program = firstOf(PROGRAMS, userAgent);
	const system = firstOf(SYSTEMS, userAgent);
	if (program && system) return `${program} on ${system}`;
	const text = program ?? (system ? `Unknown browser on ${system}` : userAgent.slice(0, 60));
	return text.charAt(0).toUpperCase() + text.slice(1);
}
