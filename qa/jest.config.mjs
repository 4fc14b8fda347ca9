import base from '@creatorr/config-jest';

/** Suites that need no product. The others have a config of their own in their directory. */
export default { ...base, testMatch: ['<rootDir>/{bench,driver,hostile,mutations}/**/*.test.ts'] };
