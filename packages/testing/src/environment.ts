/**
 * A variable that says where a real backing service is.
 * @throws an error that says how to get one, when it is not set
 */
export function requireTestVariable(name: `TEST_${string}`): string {
	const value = process.env[name];
	if (value !== undefined && value !== '') return value;
	throw new Error(
		`${name} is not set: this test needs real backing services. Run \`npm test\`, or keep \`npm run services\` running and load the test.env it names.`,
	);
}
