import base from '@creatorr/config-jest';

export default {
	...base,
	rootDir: '..',
	testMatch: ['<rootDir>/chaos/**/*.test.ts', '<rootDir>/crash-points.test.ts'],
	testTimeout: 600_000,
};
