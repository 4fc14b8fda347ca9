export function missingCases(
	document: object,
	passedTests: readonly { route: string; title: string }[],
): string[];
