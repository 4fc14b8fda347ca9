import { fileURLToPath } from 'node:url';

/** ESM and TypeScript through swc. Most tests sit next to the code that they test; tests of a whole package are in test/. */
export default {
	testEnvironment: fileURLToPath(new URL('./environment.mjs', import.meta.url)),
	testMatch: ['**/*.test.ts'],
	extensionsToTreatAsEsm: ['.ts'],
	transform: {
		'\\.ts$': [
			// Jest would look for it from each package, but only this one depends on it
			fileURLToPath(import.meta.resolve('@swc/jest')),
			{ jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
		],
	},
	testTimeout: 30_000,
	resolver: fileURLToPath(new URL('./resolver.cjs', import.meta.url)),
};
