/** Returns a variable that the programs which start the product set. */
export function requireVariable(name: string): string {
	const value = process.env[name];
	if (value) return value;
	throw new Error(
		`${name} is not set: run the tests through npm, or start the product and set it (see qa/README.md)`,
	);
}
