import { fileURLToPath } from 'node:url';

/** ESM and TypeScript through swc; tests sit next to what they test, cases with real services in test/. */
export default {
	testEnvironment: 'node',
	testMatch: ['**/*.test.ts'],
	extensionsToTreatAsEsm: ['.ts'],
	transform: {
		'\\.ts$': [
			// Jest would look for it from each package, where it is nobody's dependency
			fileURLToPath(import.meta.resolve('@swc/jest')),
			{ jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
		],
	},
	testTimeout: 30_000,
	// zod imports its messages in 63 languages, which Jest would load again for each test file
	moduleNameMapper: { '^\\.\\./locales/index\\.js$': 'zod/v4/locales/en.js' },
};
