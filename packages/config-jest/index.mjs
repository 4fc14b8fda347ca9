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
	resolver: fileURLToPath(new URL('./resolver.cjs', import.meta.url)),
};
