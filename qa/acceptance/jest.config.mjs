import base from '@creatorr/config-jest';

export default {
	...base,
	testTimeout: 180_000,
	// What needs a browser runs against a product of its own.
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/web/'],
	reporters: ['default', './support/inventory.mjs'],
};
