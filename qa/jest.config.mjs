import base from '@creatorr/config-jest';

/** What needs no product; the others have a config of their own beside them. */
export default { ...base, testMatch: ['<rootDir>/{bench,driver,hostile,mutations}/**/*.test.ts'] };
