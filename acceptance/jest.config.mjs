import base from '@creatorr/config-jest';

export default {
	...base,
	testTimeout: 180_000,
	// What breaks the product, and what needs a browser, run against products of their own: chaos/ and web/jest.config.mjs.
	testPathIgnorePatterns: [
		'/node_modules/',
		'<rootDir>/chaos/',
		'<rootDir>/web/',
		'<rootDir>/crash-points.test.ts',
	],
	reporters: ['default', './support/inventory.mjs'],
};
