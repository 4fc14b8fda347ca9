import base from '@creatorr/config-jest';

export default {
	...base,
	testTimeout: 600_000,
};
