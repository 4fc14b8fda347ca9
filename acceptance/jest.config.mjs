import base from '@creatorr/config-jest';

export default {
	...base,
	testTimeout: 180_000,
	// What breaks the product runs against one of its own: chaos/jest.config.mjs.
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/chaos/', '<rootDir>/crash-points.test.ts'],
	reporters: ['default', './support/inventory.mjs'],
};
