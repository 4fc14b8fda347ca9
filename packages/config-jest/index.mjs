/** ESM and TypeScript through swc; tests sit next to what they test, cases with real services in test/. */
export default {
	testEnvironment: 'node',
	testMatch: ['**/*.test.ts'],
	extensionsToTreatAsEsm: ['.ts'],
	transform: {
		'\\.ts$': [
			'@swc/jest',
			{ jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
		],
	},
	testTimeout: 30_000,
};
