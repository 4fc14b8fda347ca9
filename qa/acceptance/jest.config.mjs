import base from '@creatorr/config-jest';

export default {
	...base,
	testTimeout: 180_000,
	// Tests with a browser have their own config and product.
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/web/'],
	reporters: ['default', './support/inventory.mjs'],
};
