/**
 * Returns a variable that locates a real backing service.
 * @throws an error that says how to set it
 */
export function requireTestVariable(name: `TEST_${string}`): string {
	const value = process.env[name];
	if (value !== undefined && value !== '') return value;
	throw new Error(
		`${name} is not set: this test needs real backing services. Run \`npm test\`, or keep \`npm run services\` running and load the test.env it names.`,
	);
}
