import base from '@creatorr/config-jest';

export default { ...base, testTimeout: 180_000, reporters: ['default', './support/inventory.mjs'] };
