import base from '@creatorr/config-jest';

export default {
	...base,
	rootDir: '..',
	testEnvironment: '<rootDir>/web/support/jest-environment.mjs',
	testMatch: ['<rootDir>/web/**/*.test.ts'],
	testTimeout: 120_000,
};
