import base from '@creatorr/config-jest';

export default {
	...base,
	rootDir: '..',
	testMatch: ['<rootDir>/web/**/*.test.ts'],
	testTimeout: 120_000,
};
